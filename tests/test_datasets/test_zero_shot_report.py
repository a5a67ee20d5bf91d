# Copyright (c) mmhoi contributors.
import logging

import pytest

from mmhoi.datasets import HICODetDataset, zero_shot_report
from mmhoi.datasets.zero_shot_report import ZeroShotReport
from mmhoi.label_spaces import (load_label_space, unseen_hois,
                                zero_shot_split_names)

SPACE = load_label_space('hico_det')
RACE, RIDE, SIT_ON = 73, 77, 88


@pytest.fixture
def logged(monkeypatch):
    """Texts by level that a report logs."""
    texts = {}

    def record(text, logger, level=logging.INFO):
        assert logger == 'current'
        texts.setdefault(level, []).append(text)

    monkeypatch.setattr(zero_shot_report, 'print_log', record)
    return texts


def numbers(table):
    """Columns `all`, `left out`, `remain` of each row by its name."""
    rows = [[cell.strip() for cell in line.strip('|').split('|')]
            for line in table.splitlines() if line.startswith('|')]
    return {row[0]: tuple(map(int, row[1:])) for row in rows[1:]}


def test_what_training_loses(write_data, make_record, logged):
    # In `uv`, ride is unseen. Image 1 keeps a pair, image 2 loses all.
    boxes = [([1, 1, 9, 9], 1), ([1, 1, 9, 9], 4), ([2, 2, 9, 9], 1)]
    records = [
        make_record(
            1, boxes, hois=[(0, 1, RACE), (0, 1, RIDE), (2, 1, SIT_ON)]),
        make_record(2, hois=[(0, 1, RIDE)]),
        make_record(3, hois=[]),
        make_record(4, hois=[(0, 9, RIDE)])
    ]
    dataset = HICODetDataset(
        zero_shot_split='uv',
        filter_cfg=dict(filter_empty_gt=True),
        **write_data(records))
    table, = logged[logging.INFO]
    assert 'zero-shot split uv' in table
    assert numbers(table) == {
        'HOI classes': (600, 84, 516),
        'images with a pair': (2, 1, 1),
        'pairs': (3, 2, 1),
        'HOIs of the pairs': (4, 3, 1)
    }
    assert len(dataset) == 1


def test_unseen_names_are_for_debugging(write_data, make_record, logged):
    HICODetDataset(zero_shot_split='uv', **write_data([make_record()]))
    names, = logged[logging.DEBUG]
    assert '153 ride motorcycle' in names
    assert names.count(',') == 83


@pytest.mark.parametrize('kwargs', [
    dict(),
    dict(zero_shot_split='uv', test_mode=True),
])
def test_nothing_to_tell(write_data, make_record, logged, kwargs):
    HICODetDataset(**write_data([make_record()]), **kwargs)
    assert logged == {}


@pytest.mark.parametrize('split', zero_shot_split_names())
def test_one_pair_of_each_class(split):
    report = ZeroShotReport(split, SPACE)
    unseen = set(unseen_hois(split).tolist())
    for hoi in range(600):
        pairs = [dict(hois=[hoi])]
        report.add(pairs, [] if hoi in unseen else pairs)
    expected = (600, len(unseen), 600 - len(unseen))
    assert set(numbers(report.table()).values()) == {expected}
