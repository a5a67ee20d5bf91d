# Copyright (c) mmhoi contributors.
import csv
from unittest.mock import patch

import numpy as np
import pytest
from matplotlib.figure import Figure

from mmhoi.annotations import HOIAParser
from mmhoi.annotations.long_tail import (count_usable, draw_long_tail,
                                         long_tail, write_long_tail)
from mmhoi.label_spaces import load_label_space

SPACE = load_label_space('hico_det')
RIDE, RACE = 153, 152  # of a motorcycle


def make_parser():
    return HOIAParser(SPACE, bbox_origin=0, test_mode=False)


@pytest.mark.parametrize('with_ids', [False, True])
def test_counts(make_record, with_ids):
    records = [make_record(1), make_record(2, hois=[(0, 1, 77)])]
    if with_ids:
        for record in records:
            for hoi in record['hoi_annotation']:
                hoi['hoi_category_id'] = hoi['category_id'] - 73 + RACE + 1
        records[0]['hoi_annotation'][1]['hoi_category_id'] = RIDE + 1
        records[1]['hoi_annotation'][0]['hoi_category_id'] = RIDE + 1
    counts = count_usable(records, make_parser())
    assert counts[RIDE] == 2 and counts[RACE] == 1 and counts.sum() == 3


def test_unusable_interactions_do_not_count(make_record):
    records = [make_record(1), make_record(2, hois=[(0, 1, 999)])]
    assert count_usable(records, make_parser()).sum() == 2


def test_other_format(make_record):
    records = [dict(inner=make_record(1))]
    counts = count_usable(records, make_parser(),
                          lambda record: record['inner'])
    assert counts.sum() == 2


def test_order_and_rare():
    counts = np.zeros(600, int)
    counts[[RACE, RIDE, 0]] = [9, 10, 30]
    rows = long_tail(counts, SPACE)
    verbs, hois = rows[:117], rows[117:]
    assert [row.kind for row in rows] == ['verb'] * 117 + ['hoi'] * 600
    assert [(row.name, row.count, row.rare)
            for row in hois[:3]] == [('board airplane', 30, 0),
                                     ('ride motorcycle', 10, 0),
                                     ('race motorcycle', 9, 1)]
    assert sum(row.count for row in verbs) == sum(row.count for row in hois)
    assert sorted(row.id for row in hois) == list(range(600))


def test_csv(tmp_path):
    rows = long_tail(SPACE.num_train, SPACE)
    write_long_tail(rows, tmp_path / 'a.csv')
    with (tmp_path / 'a.csv').open(newline='') as file:
        lines = list(csv.DictReader(file))
    assert lines[0] == dict(
        kind='verb', id='36', name='hold', count='17958', rare='0')
    assert sum(line['kind'] == 'hoi' and line['rare'] == '1'
               for line in lines) == 138


def test_picture(tmp_path):
    counts = np.zeros(600, int)
    counts[[RACE, RIDE, 0]] = [9, 10, 3000]
    drawn = []

    def savefig(self, *args, **kwargs):
        drawn.append(self)
        original(self, *args, **kwargs)

    original = Figure.savefig
    with patch.object(Figure, 'savefig', savefig):
        draw_long_tail(
            long_tail(counts, SPACE), tmp_path / 'a.png', 'title', 10)
    assert (tmp_path / 'a.png').read_bytes().startswith(b'\x89PNG')
    verbs, hois = drawn[0].axes
    for axes, names in (verbs, ['board', 'ride', 'race']), (hois, [
            'board airplane', 'ride motorcycle', 'race motorcycle'
    ]):
        assert axes.get_yscale() == 'log'
        assert [bar.get_height() for bar in axes.patches] == [3000, 10, 9]
        colors = [bar.get_facecolor() for bar in axes.patches]
        assert colors[0] == colors[1] != colors[2]
        assert list(axes.lines[0].get_ydata()) == [10, 10]
        assert [label.get_text() for label in axes.get_xticklabels()] == names
    assert hois.get_title() == ('3019 interactions of 600 HOIs: 597 without '
                                'any, not drawn; 1 with fewer than 10 (rare)')
