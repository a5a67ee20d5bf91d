# Copyright (c) mmhoi contributors.
import csv
import json

import numpy as np
import pytest

from mmhoi.evaluation.report import Report
from mmhoi.evaluation.report_output import (draw_plot, format_tables,
                                            write_csv, write_json)

REPORT = Report(
    figures=dict(
        default=dict(full=np.float64(.5), recall=float('nan')),
        per_class=dict(ap=np.array([.5, np.nan]), num=np.array([1, 2]))),
    rows=[
        dict(hoi='ride, a horse', num_train=3, ap=.5),
        dict(hoi='run', num_train=40, ap=.25)
    ],
    tables=[('One', ['a', 'b'], [[1, 'x']]), ('Two', ['c'], [])])


def test_json_is_standard(tmp_path):
    write_json(REPORT, tmp_path / 'a.json')
    text = (tmp_path / 'a.json').read_text()
    assert 'NaN' not in text
    assert json.loads(text) == dict(
        default=dict(full=.5, recall=None),
        per_class=dict(ap=[.5, None], num=[1, 2]))


def test_csv(tmp_path):
    write_csv(REPORT, tmp_path / 'a.csv')
    with (tmp_path / 'a.csv').open(newline='') as file:
        assert list(csv.DictReader(file)) == [{
            key: str(value)
            for key, value in row.items()
        } for row in REPORT.rows]


@pytest.mark.parametrize('ending, start', [('.png', b'\x89PNG'),
                                           ('.pdf', b'%PDF')])
def test_plot(tmp_path, ending, start):
    draw_plot(REPORT, tmp_path / f'a{ending}')
    assert (tmp_path / f'a{ending}').read_bytes().startswith(start)


def test_tables():
    text = format_tables(REPORT)
    assert text.index('One') < text.index('| a | b |') < text.index('Two')
