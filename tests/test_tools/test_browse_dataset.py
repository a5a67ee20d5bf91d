# Copyright (c) mmhoi contributors.
import json
from unittest.mock import patch

import cv2
import numpy as np
import pytest

TOOL = 'analysis_tools/browse_dataset'
CONFIG = """
pipeline = [
    dict(type='LoadHOIImage'),
    dict(type='LoadHOIAnnotations'),
    dict(type='CLIPView', size=32),
    dict(type='PackHOIInputs')
]
train_dataloader = dict(
    dataset=dict(
        type='HICODetDataset',
        data_root='{root}',
        ann_file='ann.json',
        data_prefix=dict(img_path=''),
        pipeline=pipeline))
val_dataloader = dict(dataset=dict(type='mmdet.CocoDataset', lazy_init=True))
default_scope = 'mmhoi'
"""


@pytest.fixture
def config(tmp_path, make_record):
    """Config of a data set of three images."""
    records = [make_record(number) for number in (1, 2, 3)]
    for record in records:
        cv2.imwrite(
            str(tmp_path / record['file_name']),
            np.full((80, 100, 3), 120, np.uint8))
    (tmp_path / 'ann.json').write_text(json.dumps(records))
    path = tmp_path / f'{tmp_path.name}.py'
    path.write_text(CONFIG.format(root=tmp_path))
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize('mode, num_panels', [('original', 1),
                                              ('transformed', 2),
                                              ('concat', 3)])
def test_pictures(run_tool, config, tmp_path, capsys, mode, num_panels):
    out = tmp_path / 'out'
    assert run_tool(TOOL, config, '--not-show', '--output-dir', out, '--mode',
                    mode, '--show-number', 2) == 0
    assert names(out) == [
        f'HICO_train2015_0000000{number}.jpg' for number in (1, 2)
    ]
    assert f'2 pictures in {out}, 0 images' in capsys.readouterr().out
    picture = cv2.imread(str(out / names(out)[0]))
    assert 768 * num_panels <= picture.shape[1] < 780 * num_panels
    # The annotated pair is drawn: its yellow is nowhere in the grey images.
    assert (np.ptp(picture.astype(int), axis=2) > 150).sum() > 500


def test_an_unreadable_image_does_not_stop_the_others(run_tool, config,
                                                      tmp_path, capsys):
    out = tmp_path / 'out'
    bad = tmp_path / 'HICO_train2015_00000002.jpg'
    bad.write_bytes(bad.read_bytes()[:300])
    assert run_tool(TOOL, config, '--not-show', '--output-dir', out) == 1
    printed = capsys.readouterr()
    assert '2 pictures' in printed.out and '1 images could not' in printed.out
    assert f'error: image "{bad}" cannot be read' in printed.err
    assert names(out) == [
        f'HICO_train2015_0000000{number}.jpg' for number in (1, 3)
    ]


def test_window(run_tool, config):
    show = 'mmhoi.visualization.HOILocalVisualizer.show'
    with patch(show) as window, patch(
            'matplotlib.pyplot.get_backend', return_value='TkAgg'):
        assert run_tool(TOOL, config, '--show-interval', 0.5) == 0
    assert window.call_count == 3
    assert window.call_args.kwargs == dict(wait_time=0.5)
    assert window.call_args.args[1] == 'HICO_train2015_00000003.jpg'


@pytest.mark.parametrize('args, message', [
    (('--phase', 'test'), 'has no test_dataloader'),
    (('--phase', 'val'), 'val_dataloader.dataset is a CocoDataset, which has'),
    (('--cfg-options', 'train_dataloader.dataset.ann_file=none.json'),
     'none.json" does not exist'),
    (('--cfg-options', 'train_dataloader.dataset.type=NoDataset'),
     'NoDataset is not in'),
    (('--output-dir', '{file}/out'), 'cannot write to the folder'),
])
def test_errors(run_tool, config, tmp_path, capsys, args, message):
    args = [arg.format(file=config) for arg in args]
    out = ('--not-show', '--output-dir', tmp_path / 'out')
    assert run_tool(TOOL, config, *out, *args) == 1
    lines = [
        line for line in capsys.readouterr().err.splitlines()
        if line.startswith('error')
    ]
    assert len(lines) == 1 and message in lines[0]


def test_no_config_and_no_window(run_tool, tmp_path, config, capsys):
    missing = tmp_path / 'none.py'
    out = ('--not-show', '--output-dir', tmp_path / 'out')
    assert run_tool(TOOL, missing, *out) == 1
    assert f'"{missing}" does not exist' in capsys.readouterr().err
    with patch('matplotlib.pyplot.get_backend', return_value='agg'):
        assert run_tool(TOOL, config) == 1
    assert 'no window can be opened' in capsys.readouterr().err


@pytest.mark.parametrize('args', [('--not-show', ), ('--show-number', 0),
                                  ('--mode', 'all')])
def test_arguments(run_tool, config, args):
    with pytest.raises(SystemExit) as stop:
        run_tool(TOOL, config, *args)
    assert stop.value.code == 2
