# Copyright (c) mmhoi contributors.
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mmhoi.evaluation.cli import main
from mmhoi.evaluation.prediction_io import read_pair_predictions
from mmhoi.label_spaces import load_label_space, unseen_hois

TOOL = Path(__file__).parents[2] / 'tools' / 'analysis_tools' / 'eval_hoi.py'
GOLDEN = Path(__file__).parents[3] / 'shared' / 'golden'
HICO = ('--dataset', 'hico')


@pytest.fixture
def evaluate(tmp_path, hico_file, capsys):
    """Function that evaluates the stored slice by default.

    Gives what --json wrote and what was printed to standard error.
    """

    def run(*args, pred=hico_file, ann=hico_file):
        out = tmp_path / 'out.json'
        status = main([
            *map(str, (pred, *HICO, '--ann', ann, '--json', out, '--overwrite',
                       *args))
        ])
        errors = capsys.readouterr().err
        assert status == 0, errors
        return json.loads(out.read_text()), errors

    return run


@pytest.mark.parametrize('grid', ['matlab', 'numpy'])
def test_equals_official_program(evaluate, hico_slice, grid):
    figures, errors = evaluate('--recall-grid', grid)
    assert errors == ''
    ids = hico_slice['hoi_ids']
    for setting in ('default', 'known_object'):
        ap = np.array(figures['per_class'][f'ap_{setting}'])
        assert ap.shape == (600, )
        np.testing.assert_array_equal(ap[ids],
                                      hico_slice[f'ap_{setting}_{grid}'])
        others = np.setdiff1d(np.arange(600), ids)
        assert (ap[others] == 0).all()
        assert set(figures[setting]) == {'full', 'rare', 'non_rare', 'recall'}
        assert figures[setting]['full'] == pytest.approx(ap.mean(), abs=1e-15)


@pytest.mark.skipif(
    not GOLDEN.is_dir(), reason='the full official results are not here')
@pytest.mark.parametrize('grid, name, suffix',
                         [('numpy', 'octave', ''),
                          ('matlab', 'matlab_colon', '_matlab_colon')])
def test_equals_official_program_on_all_classes(evaluate, grid, name, suffix):
    path = GOLDEN / 'hico_official_seed0.npz'
    figures, _ = evaluate('--recall-grid', grid, pred=path, ann=path)
    arrays = np.load(path)
    expected = json.loads(path.with_suffix('.json').read_text())
    for setting, key in (('default', 'def'), ('known_object', 'ko')):
        ap = figures['per_class'][f'ap_{setting}']
        assert np.abs(ap - arrays[f'ap_{key}{suffix}']).max() <= 1e-12
        for subset in ('full', 'rare', 'non_rare'):
            assert figures[setting][subset] == pytest.approx(
                expected[key][name][subset], abs=1e-12)
        assert figures[setting]['recall'] == pytest.approx(
            expected[key]['mean_recall_gt_classes'], abs=1e-12)


@pytest.mark.skipif(
    not GOLDEN.is_dir(), reason='the full official results are not here')
@pytest.mark.parametrize('shift', [0, 1])
@pytest.mark.parametrize('protocol, key', [('qpic', 'qpic'),
                                           ('hoiclip', 'hoiclip_triplet')])
def test_equals_python_evaluators(evaluate, tmp_path, protocol, key, shift):
    path, pred = GOLDEN / 'hico_official_seed0.npz', tmp_path / 'a.npz'
    arrays = dict(np.load(path))
    arrays['det_human'] += shift
    arrays['det_object'] += shift
    np.savez(pred, **arrays)
    figures, _ = evaluate('--protocol', protocol, pred=pred, ann=path)
    name = f'{key}_{"shift1" if shift else "noshift"}'
    expected = json.loads(
        path.with_suffix('.json').read_text())['python'][name]
    assert figures['default']['full'] == pytest.approx(
        expected['mAP'], abs=1e-12)
    for subset in ('rare', 'non_rare'):
        assert figures['default'][subset] == pytest.approx(
            expected[subset], abs=1e-12)


@pytest.mark.parametrize('spelling', ['rf_uc', 'rf-uc', 'RF-UC'])
def test_split(evaluate, spelling):
    figures, _ = evaluate('--split', spelling)
    ap = np.array(figures['per_class']['ap_known_object'])
    unseen = unseen_hois('rf_uc')
    assert figures['known_object']['unseen'] == pytest.approx(
        ap[unseen].mean())
    assert figures['known_object']['seen'] == pytest.approx(
        np.delete(ap, unseen).mean())


def test_other_overlaps(evaluate):
    figures, _ = evaluate('--iou-thrs', '0.5', '0.75')
    full = {key: value['full'] for key, value in figures['iou'].items()}
    assert full['0.5'] == figures['default']['full'] > full['0.75'] > 0
    assert full['mean'] == pytest.approx((full['0.5'] + full['0.75']) / 2)
    figures, _ = evaluate('--iou-thrs')
    assert list(figures['iou']) == [
        '0.5', '0.55', '0.6', '0.65', '0.7', '0.75', '0.8', '0.85', '0.9',
        '0.95', 'mean'
    ]


def test_sizes_and_errors(evaluate, tmp_path):
    csv = tmp_path / 'a.csv'
    figures, _ = evaluate('--sizes', '--errors', '--per-class', csv)
    for box in ('sub', 'obj'):
        assert list(figures['sizes'][box]) == ['small', 'medium', 'large']
        assert all(0 < ap < 1 for ap in figures['sizes'][box].values())
    errors = figures['errors']
    num_gt = np.array(figures['per_class']['num_gt'])
    ap = np.array(figures['per_class']['ap_default'])[num_gt > 0].mean()
    assert sum(errors['lost_ap'].values()) == pytest.approx(1 - ap)
    assert sum(errors['shares'].values()) == pytest.approx(1)
    assert errors['counts']['background'] > 0
    assert csv.read_text().splitlines()[0].endswith('lost_missed')


@pytest.mark.parametrize('name', ['a.pkl', 'a.json', 'a.jsonl', 'a.npz'])
def test_conversion_keeps_all_figures(evaluate, tmp_path, name):
    expected, _ = evaluate('--convert', tmp_path / name)
    assert evaluate(pred=tmp_path / name)[0] == expected


def test_conversion_without_annotation(hico_file, tmp_path, capsys):
    out = tmp_path / 'a.jsonl'
    assert main([str(hico_file), *HICO, '--convert', str(out)]) == 0
    assert len(out.read_text().splitlines()) == 1500
    assert '6528' in capsys.readouterr().out


def test_conversion_to_official_files(evaluate, tmp_path, make_record):
    ann, folder = tmp_path / 'a.json', tmp_path / 'mat'
    ann.write_text(json.dumps([make_record(17), make_record(10)]))
    expected, errors = evaluate('--convert', folder, ann=ann)
    assert 'gets 2 images; the official program needs all 9658' in errors
    assert len(list(folder.iterdir())) == 80
    assert evaluate(pred=folder, ann=ann)[0] == expected
    rounded = tmp_path / 'rounded'
    figures, _ = evaluate(
        '--convert', rounded, '--mat-round', pred=folder, ann=ann)
    assert figures == expected
    assert (read_pair_predictions(rounded, load_label_space('hico_det'),
                                  [10, 17]).pairs.sub_bboxes % 1 == 0).all()


def test_pixel_origins(evaluate, tmp_path, hico_file):
    arrays = dict(np.load(hico_file))
    for key in ('det_human', 'det_object'):
        arrays[key] = arrays[key] + 1
    path = tmp_path / 'one.npz'
    np.savez(path, **arrays)
    expected, _ = evaluate()
    assert evaluate('--det-origin', '1', pred=path)[0] == expected
    figures, errors = evaluate(pred=path)
    assert figures != expected
    assert 'try --det-origin 1' in errors
    assert evaluate('--ann-origin', '0', pred=path)[0] == expected


def test_images_decide(evaluate, tmp_path, hico_file):
    arrays = dict(np.load(hico_file))
    ids = arrays['image_id']
    keep = np.arange(0, len(ids), 2)
    half = {'image_id': ids[keep]}
    for kind in ('det', 'gt'):
        chosen = np.isin(arrays[f'{kind}_image'], keep)
        half.update((key, value[chosen]) for key, value in arrays.items()
                    if key.startswith(kind))
        half[f'{kind}_image'] = half[f'{kind}_image'] // 2
    path = tmp_path / 'half.npz'
    np.savez(path, **half)
    same, errors = evaluate(pred=path, ann=path)
    assert errors == ''
    more, errors = evaluate(ann=path)
    assert more == same
    assert '750 images of' in errors and 'do not count' in errors
    fewer, errors = evaluate(pred=path)
    assert '750 of 1500 annotated images are not in' in errors
    assert 'without any prediction' in errors
    assert fewer['default']['recall'] < same['default']['recall']
    assert (np.array(fewer['per_class']['num_gt'])
            >= np.array(same['per_class']['num_gt'])).all()


@pytest.mark.parametrize('name, text', [
    ('a.json', '[{"img_id": 10, "pred_hoi_instances": {"labels": [], '
     '"scores": [], "sub_bboxes": [], "obj_bboxes": []}}]'),
    ('a.json', '[]'),
    ('a.jsonl', ''),
])
def test_no_prediction_at_all(evaluate, tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    figures, errors = evaluate(pred=path)
    assert 'no prediction at all' in errors
    assert figures['default']['full'] == figures['default']['recall'] == 0


def test_annotation_of_another_data_set(evaluate, tmp_path, make_record,
                                        hico_file):
    path = tmp_path / 'a.json'
    # Image 17 of HICO-DET's test set shows no motorcycle.
    path.write_text(json.dumps([make_record(17), make_record(10)]))
    figures, errors = evaluate(ann=path)
    assert 'known_object' not in figures
    assert 'without the Known-Object setting: the annotation has' in errors
    # It has no image 103.
    path.write_text(json.dumps([make_record(10), make_record(100000)]))
    figures, errors = evaluate(ann=path)
    assert 'known_object' not in figures
    assert 'image id 100000' in errors


def test_per_class_and_plot(evaluate, tmp_path):
    csv, png = tmp_path / 'a.csv', tmp_path / 'a.png'
    evaluate('--per-class', csv, '--plot', png, '--split', 'uo')
    header, *lines = csv.read_text().splitlines()
    assert header == ('hoi_id,hoi,rare,unseen,num_train,ap_default,'
                      'recall_default,ap_known_object,recall_known_object,'
                      'num_gt,num_det')
    assert len(lines) == 600
    assert lines[153].startswith('153,ride motorcycle,0,')
    assert png.stat().st_size > 1000


@pytest.mark.parametrize('args, message', [
    (['none.npz', '--ann', 'none.npz'], 'none.npz does not exist'),
    (['{hico}', '--ann', 'none.json'], 'none.json does not exist'),
    (['{hico}', '--ann', '{hico}', '--split', 'x'], 'unknown zero-shot split'),
    (['{hico}', '--ann', '{hico}', '--protocol', 'x'
      ], 'unknown protocol "x" for hico; allowed: official, hoiclip, qpic'),
    (['{hico}', '--ann', '{hico}', '--iou-thrs', '50'
      ], '--iou-thrs 50.0 is not an overlap'),
    (['{hico}', '--ann', '{hico}', '--protocol', 'qpic', '--sizes'
      ], 'not with "qpic"'),
    (['{hico}', '--ann', '{hico}', '--format', 'x'], 'unknown format "x"'),
    (['{hico}', '--ann', '{hico}', '--format', 'pkl'], 'as a pickle'),
    (['{hico}', '--convert', 'a.txt'], 'a.txt cannot be told'),
])
def test_error_is_one_line_and_status_1(args, message, hico_file, tmp_path,
                                        monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    args = [arg.format(hico=hico_file) for arg in args]
    assert main([*args, *HICO]) == 1
    output = capsys.readouterr()
    assert output.err.startswith('error: ') and message in output.err
    assert output.err.count('\n') == 1
    assert output.out == ''


@pytest.mark.parametrize('args', [
    [],
    ['a.pkl'],
    ['a.pkl', *HICO],
    ['a.pkl', *HICO, '--convert', 'b.json', '--json', 'c.json'],
    ['a.pkl', '--dataset', 'coco', '--ann', 'a.json'],
    ['a.pkl', *HICO, '--ann', 'a.json', '--det-origin', '2'],
])
def test_usage_error_is_status_2(args, capsys):
    with pytest.raises(SystemExit) as stop:
        main(args)
    assert stop.value.code == 2
    assert 'usage: ' in capsys.readouterr().err


def test_no_common_image(tmp_path, make_record, hico_file, capsys):
    path = tmp_path / 'a.json'
    path.write_text(json.dumps([make_record(1)]))
    assert main([str(hico_file), *HICO, '--ann', str(path)]) == 1
    assert 'no image in common' in capsys.readouterr().err


@pytest.mark.parametrize('command', [['-m', 'mmhoi.evaluation'], [str(TOOL)]])
def test_programs_explain_themselves(command):
    result = subprocess.run([sys.executable, *command, '--help'],
                            capture_output=True,
                            text=True)
    assert result.returncode == 0
    for word in ('--ann', '--convert', '--recall-grid', 'exit status'):
        assert word in result.stdout


def test_starts_without_heavy_imports():
    heavy = ('torch', 'mmengine', 'mmcv', 'mmdet', 'scipy', 'matplotlib')
    code = ('import sys; from mmhoi.evaluation.cli import build_parser; '
            f'build_parser(); print([m for m in {heavy} if m in sys.modules])')
    result = subprocess.run([sys.executable, '-c', code],
                            capture_output=True,
                            text=True)
    assert result.stdout.strip() == '[]', result.stderr


@pytest.mark.parametrize('dataset, args, message', [
    ('vcoco', ['--sizes'], '--sizes goes with --dataset hico, not with vcoco'),
    ('vcoco', ['--recall-grid', 'numpy'], '--recall-grid goes with'),
    ('swig', ['--iou-thrs'], '--iou-thrs goes with --dataset hico'),
    ('hico', ['--instances', 'a.json'], 'goes with --dataset vcoco'),
    ('hico', ['--categories', 'a.py'], 'goes with --dataset swig'),
])
def test_option_of_another_data_set(hico_file, capsys, dataset, args, message):
    with pytest.raises(SystemExit) as stop:
        main([str(hico_file), '--ann', 'a', '--dataset', dataset, *args])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize('args', [[], ['--convert', 'a.npz']])
def test_rounding_is_for_matlab_files(hico_file, capsys, args):
    ann = ('--ann', str(hico_file))
    assert main([str(hico_file), *HICO, *ann, '--mat-round', *args]) == 1
    error = capsys.readouterr().err
    assert '--mat-round goes with --convert to a folder' in error


@pytest.mark.parametrize('args, message', [
    (('--plot', 'plot.txt'), 'must end in .png'),
    (('--ann', 'none.json'), '--ann none.json does not exist'),
    (('--format', 'xml'), 'unknown format "xml"'),
])
def test_what_is_missing_is_said_before_anything_is_read(
        hico_file, tmp_path, capsys, monkeypatch, args, message):
    monkeypatch.setattr('mmhoi.evaluation.hico_command.evaluate', None)
    path = tmp_path / 'p.json'
    path.write_text('[]')
    given = [str(path), '--dataset', 'hico', '--ann', str(hico_file)]
    assert main([*given, *args]) == 1
    assert message in capsys.readouterr().err


def test_annotation_without_interaction(make_record, tmp_path, capsys):
    ann, path = tmp_path / 'ann.json', tmp_path / 'p.json'
    path.write_text('[]')
    ann.write_text(json.dumps([make_record(hois=[])]))
    assert main([str(path), '--dataset', 'hico', '--ann', str(ann)]) == 1
    assert 'ann.json has no interaction' in capsys.readouterr().err
