# Copyright (c) mmhoi contributors.
import json

import mat_files
import numpy as np
import pytest

TOOL = 'dataset_converters/hico_det'
BOX = [[5, 6, 50, 60]]


@pytest.fixture
def bbox_mat(tmp_path):
    """Two training images and a test image, with one invisible HOI."""
    path = tmp_path / 'anno_bbox.mat'
    ride = mat_files.hoi(154, BOX, BOX, [[1, 1]])
    mat_files.write_bbox_mat(
        path,
        train=[
            mat_files.image('HICO_train2015_00000001.jpg', [ride]),
            mat_files.image('HICO_train2015_00000002.jpg', [])
        ],
        test=[
            mat_files.image('HICO_test2015_00000001.jpg',
                            [ride, mat_files.hoi(5, invis=1)])
        ])
    return path


def boxes(path):
    return [[a['bbox'] for a in r['annotations']]
            for r in json.loads(path.read_text())]


@pytest.mark.parametrize('options, train, test', [
    ((), [4, 5, 49, 59], [5, 6, 50, 60]),
    (('--origin', 0), [4, 5, 49, 59], [4, 5, 49, 59]),
    (('--origin', 1), [5, 6, 50, 60], [5, 6, 50, 60]),
])
def test_mat(run_tool, bbox_mat, tmp_path, capsys, options, train, test):
    out = tmp_path / 'out'
    assert run_tool(TOOL, bbox_mat, out, *options) == 0
    assert boxes(out / 'trainval_hico.json') == [[train] * 2, []]
    assert boxes(out / 'test_hico.json') == [[test] * 2]
    text = capsys.readouterr().out
    assert 'PARTIAL' in text
    assert '1 x HOI that is in the image but has no boxes' in text
    # Counts found and known, of training and test set.
    for row in ('images 2 38118 differs', 'pairs 1 117871 differs',
                'rare classes 600 138 differs', 'images 1 9658 differs'):
        assert row in ' '.join(text.split())
    # One input and two outputs.
    assert sum(len(line.split('  ')[0]) == 64
               for line in text.split('\n')) == 3


def test_half_a_mat(run_tool, tmp_path, capsys):
    path = tmp_path / 'anno_bbox.mat'
    mat_files.write_bbox_mat(
        path, test=[mat_files.image('HICO_test2015_00000001.jpg', [])])
    assert run_tool(TOOL, path, tmp_path / 'out') == 0
    assert 'has no bbox_train: nothing to convert for train' in (
        capsys.readouterr().out)
    assert [p.name for p in (tmp_path / 'out').iterdir()] == ['test_hico.json']


def test_known_object_images(run_tool, tmp_path, capsys):
    labels = np.full((600, 2), -1)
    # A dining table in image 1, as in the real data, and one in image 2.
    labels[245, 0] = labels[246, 1] = 1
    path = tmp_path / 'anno.mat'
    mat_files.write_anno_mat(
        path, labels,
        ['HICO_test2015_00000001.jpg', 'HICO_test2015_00000002.jpg'])
    assert run_tool(TOOL, path, tmp_path / 'out') == 0
    table = json.loads((tmp_path / 'out/known_object_images.json').read_text())
    assert {k: v for k, v in table.items() if v} == {'bench': [1, 2]}
    text = capsys.readouterr().out
    assert '2 (object, image) entries of 2 images' in text
    # The real second image shows something else than a bench.
    assert '2 differ' in text and 'PARTIAL' in text


def test_instances(run_tool, tmp_path, capsys):
    from mmhoi.label_spaces import load_label_space
    space = load_label_space('hico_det')
    path = tmp_path / 'instances_train2015.json'
    table = dict(
        annotation=[
            dict(boxes_h=BOX, boxes_o=BOX, hoi=[153], object=[3], verb=[76])
        ],
        filenames=['HICO_train2015_00000001.jpg'],
        objects=space.objects,
        verbs=space.verbs)
    path.write_text(json.dumps(table))
    out = tmp_path / 'out'
    assert run_tool(TOOL, path, out) == 0
    assert boxes(out / 'trainval_hico.json') == [[[4, 5, 49, 59]] * 2]
    assert 'PARTIAL' in capsys.readouterr().out
    assert run_tool(TOOL, path, out) == 1
    assert 'trainval_hico.json exists already' in capsys.readouterr().err
    assert run_tool(TOOL, path, out, '--overwrite') == 0
    # The other split goes into the same folder.
    table['filenames'] = ['HICO_test2015_00000001.jpg']
    path.write_text(json.dumps(table))
    assert run_tool(TOOL, path, out) == 0
    table['filenames'] = ['beach_1.jpg']
    path.write_text(json.dumps(table))
    assert run_tool(TOOL, path, out) == 1
    assert 'names tell of 0 splits' in capsys.readouterr().err


def test_errors(run_tool, tmp_path, capsys):
    for name, message in (('a.mat', 'a.mat does not exist'),
                          ('a.txt', 'a.txt ends neither with .mat')):
        assert run_tool(TOOL, tmp_path / name, tmp_path / 'out') == 1
        assert message in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()


def test_one_that_fails_does_not_end_the_others(run_tool, bbox_mat, tmp_path,
                                                capsys):
    (tmp_path / 'bad.mat').write_bytes(b'no')
    out = tmp_path / 'out'
    assert run_tool(TOOL, tmp_path / 'bad.mat', bbox_mat, out) == 1
    printed = capsys.readouterr()
    assert 'bad.mat is not converted' in printed.err
    assert 'bad.mat' not in printed.out
    assert len(list(out.iterdir())) == 2
