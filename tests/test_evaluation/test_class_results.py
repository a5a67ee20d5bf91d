# Copyright (c) mmhoi contributors.
import csv
from unittest.mock import patch

import numpy as np
import pytest
from matplotlib.figure import Figure

from mmhoi.evaluation.class_plot import draw_class_results
from mmhoi.evaluation.class_results import (ClassResults, count_groups,
                                            join_results, read_class_csv,
                                            write_class_results)

OLD = """\
hoi_id,hoi,num_train,ap_default,recall_default,ap_known_object,num_gt
0,ride horse,5,0.2,1,0.3,7
1,hold ball,90,0.5,1,0.6,7
2,eat cake,2000,,1,,0
"""
NEW = """\
hoi_id,hoi,num_train,ap_default
1,hold ball,90,0.45
0,ride horse,5,0.5
2,eat cake,2000,nan
"""


def write(path, text):
    path.write_text(text)
    return path


@pytest.fixture
def results(tmp_path):
    return join_results(
        read_class_csv(write(tmp_path / 'old.csv', OLD), 'old'),
        read_class_csv(write(tmp_path / 'new.csv', NEW), 'new'))


def test_joined_by_name(results):
    assert results.names == ('ride horse', 'hold ball', 'eat cake')
    np.testing.assert_array_equal(results.counts, [5, 90, 2000])
    np.testing.assert_allclose(results.aps['new'], [.5, .45, np.nan])
    np.testing.assert_allclose(results.difference, [.3, -.05, np.nan])


def test_chosen_columns(tmp_path):
    path = write(tmp_path / 'a.csv', OLD)
    results = read_class_csv(path, 'a', 'num_gt', 'ap_known_object')
    assert results.axis_names == ('num_gt', 'ap_known_object')
    np.testing.assert_array_equal(results.counts, [7, 7, 0])
    np.testing.assert_array_equal(results.aps['a'], [.3, .6, np.nan])


def test_verbs_of_vcoco(tmp_path):
    path = write(tmp_path / 'a.csv',
                 'verb,action,num_gt,ap_scenario_1\nhold_obj,hold,3,0.5\n')
    results = read_class_csv(path, 'a')
    assert results.names == ('hold_obj', )
    assert results.axis_names == ('num_gt', 'ap_scenario_1')


@pytest.mark.parametrize('text, kwargs, message', [
    ('', {}, 'has no line below its header'),
    ('hoi,num_train,ap\n', {}, 'has no line below its header'),
    ('a,num_train,ap\nx,1,2\n', {}, 'no column hoi or verb .* has: a, num_tr'),
    (OLD, dict(ap_column='ap_x'), 'no column ap_x; it has: hoi_id, hoi, num'),
    (OLD, dict(count_column='n'), 'no column n;'),
    ('hoi,num_gt\na,1\n', {}, 'no column ap;'),
    ('hoi,num_gt,ap\na,1,x\n', {}, 'line 2: ap "x" is not a number'),
    ('hoi,num_gt,ap\na,1,1\nb\n', {},
     'line 3: it has another number of cells'),
    (b'\xff\xfe\x00', {}, 'is not a CSV file'),
])
def test_bad_files(tmp_path, text, kwargs, message):
    path = tmp_path / 'a.csv'
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=message):
        read_class_csv(path, 'a', **kwargs)


@pytest.mark.parametrize('change, message', [
    (('hold ball', 'hold bat'), 'new lacks 1 classes .* "hold ball"'),
    (('2,eat cake,2000,nan\n', ''), 'new lacks 1 classes .* "eat cake"'),
    ((',90,', ',91,'), 'num_train of 1 classes differs .* "hold ball"'),
])
def test_runs_that_do_not_go_together(tmp_path, change, message):
    first = read_class_csv(write(tmp_path / 'old.csv', OLD), 'old')
    path = write(tmp_path / 'new.csv', NEW.replace(*change))
    with pytest.raises(ValueError, match=message):
        join_results(first, read_class_csv(path, 'new'))
    with pytest.raises(ValueError, match='both runs are called "old"'):
        join_results(first, first)


def test_written(results, tmp_path):
    write_class_results(results, tmp_path / 'out.csv')
    with (tmp_path / 'out.csv').open(newline='') as file:
        assert list(csv.reader(file)) == [
            [
                'class', 'num_train', 'ap_default old', 'ap_default new',
                'difference'
            ],
            ['ride horse', '5', '0.2', '0.5', '0.3'],
            ['hold ball', '90', '0.5', '0.45', '-0.05'],
            ['eat cake', '2000', '', '', ''],
        ]


@pytest.mark.parametrize('line', ['1,a', '1,a,2,0.5,7'])
def test_other_numbers_of_cells(tmp_path, line):
    path = write(tmp_path / 'a.csv', f'hoi_id,hoi,num_train,ap\n{line}\n')
    with pytest.raises(ValueError, match='a.csv, line 2: .* number of cells'):
        read_class_csv(path, 'a')


def test_groups_have_all_classes_once():
    counts = np.array([0, 1, 9, 10, 99, 100, 12345, 10**6])
    groups = count_groups(counts)
    assert [name for name, _ in groups
            ] == ['0', '1..9', '10..99', '100..999', '10000..']
    assert (sum(members.astype(int) for _, members in groups) == 1).all()


def draw(results, path):
    drawn = []

    def savefig(self, *args, **kwargs):
        drawn.append(self)
        original(self, *args, **kwargs)

    original = Figure.savefig
    with patch.object(Figure, 'savefig', savefig):
        draw_class_results(results, path)
    return drawn[0].axes


def test_two_runs_are_overlaid(results, tmp_path):
    above, below = draw(results, tmp_path / 'a.png')
    assert above.get_xscale() == 'log'
    legend = [text.get_text() for text in above.get_legend().get_texts()]
    assert legend == ['old: mean 0.3500', 'new: mean 0.4750']
    points = above.collections[0].get_offsets()
    np.testing.assert_allclose(points[:2], [[5, .2], [90, .5]])
    assert below.get_title() == ('new - old: mean +0.1250, better in 1 '
                                 'classes, worse in 1')
    assert {text.get_text()
            for text in below.texts} == {'ride horse', 'hold ball'}


def test_one_run_and_classes_that_never_occur(tmp_path):
    results = ClassResults(('a', 'b'), np.array([0., 20.]),
                           dict(run=np.array([.1, .9])), ('num_gt', 'ap'))
    axes, = draw(results, tmp_path / 'a.svg')
    assert axes.get_xscale() == 'symlog'
    assert axes.get_xlabel() == 'num_gt' and axes.get_ylabel() == 'ap'
