# Copyright (c) mmhoi contributors.
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.runner import save_checkpoint
from tiny_configs import read_config

from mmhoi.label_spaces import load_label_space
from mmhoi.registry import MODELS
from mmhoi.synthetic import write_synhico

ROOT = Path(__file__).resolve().parents[2]
TOOL = 'analysis_tools/infer_affordances'


@pytest.fixture(scope='module')
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp('scenes') / 'synhico'
    write_synhico(folder, 4, 3, seed=3, progress=False)
    return folder


def run(run_tool, scenes, config, checkpoint, *args):
    loaders = ('train_dataloader', 'test_dataloader')
    return run_tool(
        TOOL, ROOT / f'configs/{config}.py', checkpoint, *args, '--device',
        'cpu', '--cfg-options',
        *(f'{loader}.{option}' for loader in loaders
          for option in (f'dataset.data_root={scenes}', 'num_workers=0',
                         'persistent_workers=False')))


def write_checkpoint(path, config):
    torch.manual_seed(0)
    model = MODELS.build(read_config(f'{config}.py').model)
    save_checkpoint(dict(state_dict=model.state_dict()), str(path))
    return path


def test_out(run_tool, scenes, tmp_path, capsys):
    config = 'vcl/vcl_mini_synhico'
    checkpoint = write_checkpoint(tmp_path / 'vcl.pth', config)
    out = tmp_path / 'out.npz'
    assert run(run_tool, scenes, config, checkpoint, '--out', out) == 0
    assert 'of a random order' in capsys.readouterr().out
    space = load_label_space('synhico')
    with np.load(out) as arrays:
        assert tuple(arrays['verbs']) == space.verbs
        told, labels = arrays['probabilities'], arrays['labels']
    assert told.shape == (len(labels), len(space.verbs))
    assert ((told >= 0) & (told <= 1)).all() and (labels > 0).all()
    # What no training pair shows is not told.
    assert not told[:, space.verbs.index('no_interaction')].any()
    assert told.any()


def test_head_without_such_a_stream(run_tool, scenes, tmp_path, capsys):
    config = 'upt/upt_mini_synhico'
    checkpoint = write_checkpoint(tmp_path / 'upt.pth', config)
    assert run(run_tool, scenes, config, checkpoint) == 1
    assert 'UPTHead' in capsys.readouterr().err


@pytest.mark.parametrize('args, message', [
    (('--per-verb', '0'), '--per-verb 0 must be at least 1'),
    (('--out', 'a.txt'), 'must end in .npz'),
])
def test_wrong_arguments(run_tool, scenes, capsys, args, message):
    with pytest.raises(SystemExit):
        run(run_tool, scenes, 'vcl/vcl_mini_synhico', 'x.pth', *args)
    assert message in capsys.readouterr().err
