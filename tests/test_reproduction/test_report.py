# Copyright (c) mmhoi contributors.
"""The report of made-up results is the one that was looked at."""
from pathlib import Path

import pytest

from mmhoi.reproduction import load_table
from mmhoi.reproduction.agreement import agree
from mmhoi.reproduction.forms import load_form
from mmhoi.reproduction.plot import draw_table
from mmhoi.reproduction.records import check_alike
from mmhoi.reproduction.report import json_report, markdown_report
from mmhoi.reproduction.summary import summarize
from mmhoi.utils.own_results import is_own_result
from mmhoi.utils.setup_error import SetupError

DATA = Path(__file__).resolve().parents[1] / 'data' / 'reproduction'


def make_record(row, setting, seed, value, table='zero-shot', **more):
    metrics = {
        'step': 4,
        **{
            f'hico/{key}': value + index
            for index, key in enumerate(['unseen', 'full', 'seen'])
        }
    }
    return dict(
        dict(
            table=table,
            row=row,
            setting=setting,
            seed=seed,
            run=f'{row}_{setting}',
            metrics=dict(last=metrics, best=metrics),
            form='mini_synhico',
            given={},
            recipe=row,
            data={'annotations/test_hico.json': '00ff'},
            weights={},
            commits=[dict(commit='0123456789ab', clean=True)],
            versions=dict(mmhoi='1.0', torch='2.9'),
            processor='a processor, 2 cores',
            seconds=90.), **more)


RECORDS = [
    make_record(row, 'rf-uc', seed, value + seed * seed)
    for row, value in (('hoiclip', 20.), ('gen_vlkt', 15.), ('vcl', 9.),
                       ('vcl-no-composition', 8.))
    for seed in range(3 if row != 'gen_vlkt' else 1)
]
LOW_DATA = [
    make_record(row, setting, seed, value + seed, 'low-data')
    for row, setting, value in (('hoiclip', '100', 30.), ('hoiclip', '5', 20.),
                                ('gen_vlkt', '100', 28.), ('gen_vlkt', '5',
                                                           12.))
    for seed in range(2)
]


@pytest.mark.parametrize('records', [RECORDS, LOW_DATA])
def test_golden_report(records):
    table = load_table(records[0]['table'])
    cells = summarize(records)
    text = markdown_report(table, load_form('mini_synhico'), records, cells,
                           agree(table, cells))
    assert text == (DATA / f'{table.name}.md').read_text('utf-8')


@pytest.mark.parametrize('records', [RECORDS, LOW_DATA])
def test_picture(records, tmp_path):
    table = load_table(records[0]['table'])
    path = tmp_path / 'a.png'
    # Once more: it may replace its own.
    for _ in range(2):
        draw_table(table, summarize(records), path)
    assert path.read_bytes().startswith(b'\x89PNG') and is_own_result(path)


def test_figures_of_others_are_apart():
    table = load_table('zero-shot')
    cells = summarize(RECORDS)
    found = json_report(table, load_form('mini_synhico'), RECORDS, cells,
                        agree(table, cells))
    own = found['own']['rf-uc']['vcl']['hico/unseen']
    assert own['values'] == [9., 10., 13.]
    theirs = found['published_on_hico_det']['rf-uc']['vcl']
    assert [one['boxes'] for one in theirs] == ['fine-tuned', 'COCO']
    assert 'fcl' not in found['own']['rf-uc']


@pytest.mark.parametrize('change, said', [
    (dict(form='r50_hico'), 'form differs'),
    (dict(given={'a': 1}), 'given differs'),
    (dict(data={'annotations/test_hico.json': 'ff'}), 'test_hico.json'),
    (dict(recipe='other'), 'options of vcl rf-uc differs'),
])
def test_results_that_do_not_fit(change, said):
    check_alike(RECORDS)
    other = make_record('vcl', 'rf-uc', 7, 3., **change)
    with pytest.raises(SetupError, match=said):
        check_alike([*RECORDS, other])
