# Copyright (c) mmhoi contributors.
"""Wherever a checkpoint comes in, nothing in it runs."""
import importlib.util
import os
import pickle
import shutil
import sys
from pathlib import Path

import line_run
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmengine.runner.checkpoint import load_checkpoint
from torch import nn

from mmhoi.apis import HOIInferencer
from mmhoi.apis.batch_prediction import BatchPredictor
from mmhoi.checkpoints import (CheckpointError, config_of_checkpoint,
                               read_checkpoint)
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules

ROOT = Path(__file__).resolve().parents[2]
MINI = ROOT / 'configs/hoiclip/hoiclip_mini_synhico.py'


class MakeFolder:
    """Makes the folder `executed` when an ordinary unpickler reads it."""

    def __reduce__(self):
        return os.mkdir, ('executed', )


def run_tool(name, *args):
    """Run a script in this process, as its command line does."""
    path = ROOT / f'{name}.py'
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    patch = pytest.MonkeyPatch()
    patch.setattr(sys, 'argv', [str(path), *map(str, args)])
    patch.setenv('LOCAL_RANK', '')
    patch.delenv('LOCAL_RANK')
    try:
        if module.main():
            raise SystemExit(1)
    finally:
        patch.undo()


def runner(**kwargs):
    register_all_modules()
    Path('line.py').write_text(line_run.CONFIG)
    cfg = Config.fromfile('line.py')
    cfg.merge_from_dict(dict(work_dir='work', **kwargs))
    return Runner.from_cfg(cfg)


def pretrained(path):
    module = MODELS.build(
        dict(
            type='mmdet.ResNet',
            depth=18,
            init_cfg=dict(type='Pretrained', checkpoint=path)))
    module.init_weights()


def line_tool(tool, *args):

    def run(path):
        Path('line.py').write_text(line_run.CONFIG)
        options = [path if arg == 'PATH' else arg for arg in args]
        run_tool(f'tools/{tool}', 'line.py', *options)

    return run


def image():
    import cv2
    import numpy as np
    cv2.imwrite('image.png', np.zeros((8, 8, 3), np.uint8))
    return 'image.png'


DOORS = {
    'read_checkpoint':
    read_checkpoint,
    'inferencer':
    lambda path: HOIInferencer(str(MINI), path, device='cpu'),
    'inferencer without config':
    lambda path: HOIInferencer(weights=path, device='cpu'),
    'tools/test':
    line_tool('test', 'PATH'),
    'tools/train load_from':
    lambda path: line_tool('train', '--cfg-options', f'load_from={path}')
    (path),
    'tools/train --resume':
    line_tool('train', '--resume', 'PATH'),
    'tools/train --resume auto':
    lambda path: (os.makedirs('work'), shutil.copy(path, 'work'),
                  Path('work', 'last_checkpoint').write_text('code.pth'),
                  line_tool('train', '--work-dir', 'work', '--resume')(path)),
    'image demo':
    lambda path: run_tool('demo/image_demo', image(), path),
    'image demo with config':
    lambda path: run_tool('demo/image_demo', image(), MINI, '--weights', path),
    'video demo':
    lambda path: run_tool('demo/video_demo', image(), MINI, path),
    'attention demo':
    lambda path: run_tool('demo/attention_demo', image(), MINI, path),
    'web demo':
    lambda path:
    (pytest.importorskip('gradio'), run_tool('demo/web_demo', MINI, path)),
    'export':
    lambda path: run_tool('tools/deployment/export_model', MINI, path, '--out',
                          'out.onnx'),
    'convert to ours':
    lambda path: run_tool('tools/model_converters/convert', '--from',
                          'hoiclip', path, 'out.pth', '--config', MINI),
    'convert to official':
    lambda path: run_tool('tools/model_converters/convert', '--to', 'hoiclip',
                          path, 'out.pth'),
    'convert a DETR':
    lambda path: run_tool('tools/model_converters/convert', '--from', 'detr',
                          path, 'out.pth', '--config', MINI),
    'benchmark':
    lambda path: run_tool('tools/analysis_tools/benchmark', MINI, '--task',
                          'inference', '--checkpoint', path),
    'rank prompts':
    lambda path: run_tool('tools/misc/rank_prompts', image(), MINI, path,
                          '--texts', 'riding a horse'),
    'batch prediction':
    lambda path: BatchPredictor(str(MINI), path, 'cpu'),
    'load_checkpoint of mmengine':
    lambda path: load_checkpoint(nn.Linear(1, 1), path),
    'load_from of a runner':
    lambda path: runner(load_from=path).load_or_resume(),
    'resume of a runner':
    lambda path: runner(load_from=path, resume=True).train(),
    'Pretrained of a module':
    pretrained,
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    assert not Path('executed').exists()


def content(**kwargs):
    return dict(
        state_dict=dict(weight=torch.ones(2)),
        meta=dict(epoch=1, iter=4, experiment_name='other'),
        message_hub={},
        **kwargs)


def test_the_code_is_dangerous():
    torch.save(content(code=MakeFolder()), 'code.pth')
    torch.load('code.pth', weights_only=False)
    assert Path('executed').is_dir()
    Path('executed').rmdir()


@pytest.mark.parametrize('form', ['zip', 'old', 'plain'])
@pytest.mark.parametrize('door', DOORS)
def test_code_in_a_checkpoint(door, form, capsys):
    made = content(code=MakeFolder())
    if form == 'plain':
        Path('code.pth').write_bytes(pickle.dumps(made, 2))
    else:
        torch.save(
            made, 'code.pth', _use_new_zipfile_serialization=form == 'zip')
    path = os.path.abspath('code.pth')
    with pytest.raises((CheckpointError, SystemExit)) as error:
        DOORS[door](path)
    message = str(error.value) + capsys.readouterr().err
    assert 'code.pth is refused: it ' in message and 'run code' in message


#: Data, which a registry takes for a function to call.
BUILT = "model = dict(type='os.mkdir', path='executed')\n"
CODE = "import os\nos.mkdir('executed')\nmodel = dict()\n"


@pytest.mark.parametrize('text', [CODE, BUILT], ids=['code', 'built'])
@pytest.mark.parametrize('door', DOORS)
def test_code_in_the_config_of_a_checkpoint(door, text):
    """mmengine runs `config` when it resumes, and inferencers ran `cfg`."""
    made = content(optimizer=dict(state={}, param_groups=[]))
    made['meta'].update(cfg=text, config=text)
    made['message_hub'] = dict(runtime_info=dict(cfg=text))
    # As if it were one of ours, so that it goes as far as it can.
    made['state_dict']['queries.weight'] = torch.ones(1)
    torch.save(made, 'code.pth')
    try:
        DOORS[door](os.path.abspath('code.pth'))
    except (Exception, SystemExit):
        # It may be of another model, or refused; it must not run.
        pass


@pytest.mark.parametrize('text', [
    CODE, BUILT, "model = dict(type=__import__('os').mkdir('executed'))",
    "model = dict(a=[os.mkdir('executed')])"
])
def test_config_with_code_is_refused(text):
    torch.save(
        dict(state_dict=dict(a=torch.ones(1)), meta=dict(cfg=text)), 'a.pth')
    with pytest.raises(CheckpointError, match='cannot be read as data'):
        HOIInferencer(weights='a.pth', device='cpu')
    with pytest.raises(CheckpointError, match='cannot be read as data'):
        config_of_checkpoint(read_checkpoint('a.pth'))
