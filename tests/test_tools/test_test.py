# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import line_run  # noqa: F401
import numpy as np
import pytest
import torch
from mmengine.device import get_device
from mmengine.fileio import load
from mmengine.registry import MODELS


@pytest.fixture
def checkpoint(config):
    """A checkpoint with which every prediction is the sum of the inputs."""
    path = config.with_name('sum.pth')
    torch.save(dict(state_dict=dict(weight=torch.ones(2)), meta={}), path)
    return path


def metrics(work_dir):
    return json.loads(next(Path(work_dir).glob('*/*.json')).read_text())


def test_metrics_are_written(config, checkpoint, run_tool):
    run_tool('test', config, checkpoint, '--work-dir', 'w')
    assert metrics('w')['line/images'] == 7
    assert metrics('w')['line/mean'] > 0


def test_amp(config, checkpoint, run_tool, monkeypatch):
    dtypes = []
    # The class that configs get, however often its module was imported.
    model = MODELS.get('mmengine.LineModel')
    forward = model.forward

    def record(self, *args, **kwargs):
        enabled = torch.is_autocast_enabled(get_device())
        dtypes.append(enabled and torch.get_autocast_dtype(get_device()))
        return forward(self, *args, **kwargs)

    monkeypatch.setattr(model, 'forward', record)
    run_tool('test', config, checkpoint, '--work-dir', 'w')
    assert set(dtypes) == {False}
    dtypes.clear()
    run_tool('test', config, checkpoint, '--work-dir', 'w', '--amp',
             '--amp-dtype', 'bfloat16')
    assert set(dtypes) == {torch.bfloat16}


@pytest.mark.parametrize('load_from, mean', [(None, 0), ('sum.pth', 1)])
def test_none_tests_what_training_begins_with(config, checkpoint, run_tool,
                                              load_from, mean):
    run_tool('test', config, 'none', '--work-dir', 'w', '--cfg-options',
             f'load_from={load_from}')
    assert (metrics('w')['line/mean'] > 0) == bool(mean)


@pytest.mark.parametrize('name', ['p.pkl', 'p.pickle', 'p.json'])
def test_predictions_are_written(config, checkpoint, run_tool, name):
    run_tool('test', config, checkpoint, '--out', name)
    results = load(name)
    assert [result['img_id'] for result in results] == list(range(7))
    predictions = results[3]['pred_hoi_instances']
    assert np.shape(predictions['sub_bboxes']) == (1, 4)
    assert isinstance(predictions['scores'],
                      list if name == 'p.json' else np.ndarray)


@pytest.mark.parametrize('out', ['p.txt', 'file/p.pkl'])
def test_bad_out_is_told_before_the_run(config, fail_tool, capsys, out):
    Path('file').touch()
    message = fail_tool('test', config, 'absent.pth', '--out', out)
    assert '--out' in message + capsys.readouterr().err


def test_missing_checkpoint(config, fail_tool):
    assert 'absent.pth' in fail_tool('test', config, 'absent.pth')


def test_checkpoint_of_another_model(config, checkpoint, fail_tool):
    message = fail_tool('test', config, checkpoint, '--cfg-options',
                        'model.num_weights=4')
    assert 'weight (2,) instead of (4,)' in message
    assert len(message.splitlines()) < 6


def test_other_number_of_classes(config, checkpoint, fail_tool):
    assert '5 HOI classes' in fail_tool(
        'test', config, checkpoint, '--cfg-options', 'model.num_hois=5',
        'default_hooks.check.type=ClassGuardHook')
