# Copyright (c) mmhoi contributors.
import json

import pytest

from mmhoi.evaluation.cli import main

TOOL = 'analysis_tools/plot_per_class'
HEADER = 'hoi,num_train,ap_default\n'


@pytest.fixture
def runs(tmp_path):
    paths = tmp_path / 'old.csv', tmp_path / 'new.csv'
    paths[0].write_text(f'{HEADER}ride horse,5,0.2\nhold ball,90,0.5\n')
    paths[1].write_text(f'{HEADER}ride horse,5,0.3\nhold ball,90,0.4\n')
    return paths


def test_two_runs(run_tool, runs, tmp_path, capsys):
    out = tmp_path / 'out.png'
    assert run_tool(TOOL, *runs, '--out', out, '--names', 'A', 'B') == 0
    assert out.read_bytes().startswith(b'\x89PNG')
    assert (tmp_path / 'out.csv').read_text().splitlines() == [
        'class,num_train,ap_default A,ap_default B,difference',
        'ride horse,5,0.2,0.3,0.1', 'hold ball,90,0.5,0.4,-0.1'
    ]
    rows = [
        line.split('|')[1:-1] for line in capsys.readouterr().out.splitlines()
        if '|' in line
    ]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ['num_train', 'classes', 'A', 'B'],
        ['all', '2', '0.3500', '0.3500'],
        ['1..9', '1', '0.2000', '0.3000'],
        ['10..99', '1', '0.5000', '0.4000'],
    ]


def test_runs_of_the_same_file_name(run_tool, runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, run in zip('ab', runs):
        (tmp_path / name).mkdir()
        run.rename(tmp_path / name / 'run.csv')
    assert run_tool(TOOL, 'a/run.csv', 'b/run.csv', '--out', 'out.png') == 0
    assert (tmp_path / 'out.csv').read_text().startswith(
        'class,num_train,ap_default a/run,ap_default b/run,')


def test_what_the_evaluation_writes(run_tool, make_record, tmp_path, capsys):
    ann, pred = tmp_path / 'ann.json', tmp_path / 'pred.json'
    records = [make_record(1, hois=[(0, 1, 77)])]
    records[0]['hoi_annotation'][0]['hoi_category_id'] = 154
    ann.write_text(json.dumps(records))
    none = dict(labels=[], scores=[], sub_bboxes=[], obj_bboxes=[])
    pred.write_text(json.dumps([dict(img_id=1, pred_hoi_instances=none)]))
    table, out = tmp_path / 'classes.csv', tmp_path / 'out.svg'
    assert main([
        *map(str,
             (pred, '--dataset', 'hico', '--ann', ann, '--per-class', table))
    ]) == 0
    assert run_tool(TOOL, table, '--out', out) == 0
    lines = out.with_suffix('.csv').read_text().splitlines()
    assert lines[0] == 'class,num_train,ap_default classes'
    assert len(lines) == 601
    assert '1..9' in capsys.readouterr().out


@pytest.mark.parametrize('args, message', [
    (('none.csv', '--out', 'out.png'), 'none.csv does not exist'),
    (('old.csv', '--out', 'old.csv/out.png'), 'old.csv is no folder'),
    (('old.csv', '--out', 'old.png'), 'old.csv is the file that RUNS names'),
    (('old.csv', '--out', 'out.png', '--ap', 'mAP'), 'has no column mAP'),
    (('old.csv', 'old.csv', '--out', 'out.png'), 'both runs are called'),
])
def test_errors(run_tool, runs, tmp_path, monkeypatch, capsys, args, message):
    monkeypatch.chdir(tmp_path)
    before = runs[0].read_text()
    assert run_tool(TOOL, *args) == 1
    error = capsys.readouterr().err
    assert message in error and error.count('\n') == 1
    assert not (tmp_path / 'out.png').exists()
    assert runs[0].read_text() == before


@pytest.mark.parametrize('args, message', [
    (('a.csv', 'b.csv', 'c.csv', '--out', 'o.png'), '3 runs'),
    (('a.csv', '--out', 'o.png', '--names', 'A', 'B'), '2 names for 1 runs'),
    (('a.csv', '--out', 'o.txt'), 'must end in .png'),
    (('a.csv', ), 'required: --out'),
])
def test_arguments(run_tool, capsys, args, message):
    with pytest.raises(SystemExit):
        run_tool(TOOL, *args)
    assert message in capsys.readouterr().err
