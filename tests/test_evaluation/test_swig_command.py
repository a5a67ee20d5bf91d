# Copyright (c) mmhoi contributors.
"""`python -m mmhoi.evaluation PRED --dataset swig`."""
import csv
import json

import pytest
import swig_data

from mmhoi.evaluation.cli import main


@pytest.fixture
def files(tmp_path):
    """Predictions, annotation and tables: one hit, one wrong, one missed."""
    person, hose = swig_data.PERSON[0], swig_data.HOSE[0]
    wrap_person = swig_data.entry(
        9, boxes=(swig_data.PERSON, swig_data.PERSON), hois=((0, 1, 0), ))
    (tmp_path / 'ann.json').write_text(
        json.dumps([swig_data.entry(7), wrap_person]))
    (tmp_path / 'pred.jsonl').write_text('\n'.join(
        json.dumps(line) for line in (dict(
            image_id=7,
            labels=[0, 1],
            scores=[.9, .8],
            sub_bboxes=[person, person],
            obj_bboxes=[hose, hose]),
                                      dict(
                                          image_id=9,
                                          labels=[2],
                                          scores=[.9],
                                          sub_bboxes=[person],
                                          obj_bboxes=[person]))))
    swig_data.write_categories(tmp_path / 'tables.py')
    return tmp_path


def run(files, *args, pred='pred.jsonl', tables='tables.py'):
    return main([
        *map(str, (files / pred, '--dataset', 'swig', '--ann',
                   files / 'ann.json', '--categories', files / tables, *args))
    ])


def test_figures(files, capsys):
    out, table = files / 'out.json', files / 'classes.csv'
    assert run(files, '--json', out, '--per-class', table) == 0
    figures = json.loads(out.read_text())
    per_class = figures.pop('per_class')
    assert figures == pytest.approx(
        dict(full=2 / 3, zero=1, rare=0, non_rare=1, seen=.5))
    assert per_class['ap'] == pytest.approx([1, 0, 1])
    assert per_class['num_gt'] == [1, 1, 1]
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert [row['hoi'] for row in rows
            ] == ['wrapping hose', 'eating apple', 'wrapping person']
    assert '66.67' in capsys.readouterr().out


def test_missing_and_unknown_images_are_told(files, capsys):
    lines = (files / 'pred.jsonl').read_text().splitlines()
    (files / 'pred.jsonl').write_text(lines[0] + '\n' +
                                      lines[1].replace('9,', '11,', 1))
    assert run(files) == 0
    errors = capsys.readouterr().err
    assert '1 images of ' in errors and 'are not in' in errors
    assert errors.count('warning: ') == 2


def test_no_prediction_at_all(files, capsys):
    (files / 'pred.jsonl').write_text('')
    assert run(files) == 0
    assert 'no prediction at all' in capsys.readouterr().err


@pytest.mark.parametrize('args, message', [
    (('--protocol', 'qpic'), 'unknown protocol "qpic" for swig'),
    (('--split', 'uv'), '--split uv is a split of HICO-DET'),
    (('--convert', 'x.npz'), 'can only be evaluated, not converted'),
    (('--categories', 'none.py'), 'none.py does not exist'),
    (('--ann', 'none.json'), 'none.json'),
])
def test_errors(files, capsys, monkeypatch, args, message):
    monkeypatch.chdir(files)
    assert run(files, *args) == 1
    assert message in capsys.readouterr().err


def test_label_of_another_data_set(files, capsys):
    path = files / 'pred.jsonl'
    path.write_text(path.read_text().replace('[2]', '[599]'))
    assert run(files) == 1
    assert '599 in labels' in capsys.readouterr().err
