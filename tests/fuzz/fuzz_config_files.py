# Copyright (c) mmhoi contributors.
"""Small valid configs, and the functions that read them."""
import ast
import json
import tempfile
from argparse import Namespace
from functools import lru_cache
from pathlib import Path

from fuzz_mutations import (NASTY, mutate_json, mutate_only_bytes, mutate_tree,
                            random_place)
from mmengine.config import Config

from mmhoi.checkpoints import build_empty_model
from mmhoi.checkpoints.config_text import read_config
from mmhoi.utils.config_check import check_config
from mmhoi.utils.run_config import load_config_file, load_run_config

#: Keys that mmhoi itself looks at before anything is built.
CONFIG = """
default_scope = 'mmhoi'
model = dict(
    type='QueryPairDetector', num_queries=3,
    bbox_head=dict(label_space=dict(objects=['a'], verbs=['b'])))
data = dict(
    type='HICODetDataset', data_root='data', ann_file='a.json',
    data_prefix=dict(img_path='images'), pipeline=[dict(type='LoadHOIImage')])
train_dataloader = dict(
    batch_size=2, num_workers=1, persistent_workers=True, dataset=data)
test_dataloader = dict(batch_size=1, num_workers=0, dataset=data)
val_dataloader = test_dataloader
test_evaluator = dict(type='HICODetMetric')
train_cfg = dict(by_epoch=True, max_epochs=2)
default_hooks = dict(
    checkpoint=dict(type='CheckpointHook', interval=1, out_dir='out'),
    visualization=dict(type='HOIVisualizationHook'))
custom_hooks = [dict(type='EMAHook')]
visualizer = dict(type='HOILocalVisualizer', vis_backends=[])
optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='AdamW', lr=.1))
load_from = None
"""
#: As mmengine writes it into a checkpoint.
CARRIED = """
model = dict(
    type='QueryPairDetector', num_queries=3, scale=(1.5, None), flags=[True],
    bbox_head=dict(label_space=dict(objects=['a'], verbs=['b'])))
test_dataloader = dict(batch_size=1)
"""
CHILD = """
_base_ = ['base.py', 'more.json']
model = dict(num_queries=4)
lr = .5
optim_wrapper = dict(optimizer=dict(lr=lr))
train_cfg = dict(max_epochs={{_base_.train_cfg.max_epochs}})
"""


def text(name, content):
    """Function that writes a text into a folder."""

    def make(folder):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding='utf-8')
        return path

    return make


def values(content):
    """What a config says, as plain containers."""
    return Config.fromstring(content, '.py').to_dict()


def mutate_values(path, rng):
    """Give keys of a config nasty values."""
    tree = values(CONFIG)
    if rng.random() < .1:
        tree['_base_'] = rng.choice([path.name, 'a.py', ['.'], '', *NASTY])
    tree = mutate_tree(tree, rng)
    lines = [f'{key} = {value!r}' for key, value in tree.items()
             ] if isinstance(tree, dict) else [repr(tree)]
    # As Python spells them.
    content = '\n'.join(['from math import inf, nan', *lines])
    path.write_text(content.encode('utf-8', 'replace').decode())


def read_run(path):
    """What the tools do before anything is built."""
    with tempfile.TemporaryDirectory() as folder:
        cfg = load_run_config(
            Namespace(
                config=str(path),
                cfg_options=None,
                launcher='none',
                work_dir=folder))
        check_config(cfg)


def make_bases(folder):
    """A config that inherits from two."""
    path = text('configs/a_config.py', CHILD)(folder)
    text('configs/base.py', CONFIG)(folder)
    text('configs/more.json', json.dumps(dict(val_cfg=dict(fp16=True))))(
        folder)
    return path.parent


def mutate_bases(path, rng):
    """Mutate one of the files, or what it inherits from."""
    if path.suffix == '.json':
        mutate_json(path, rng)
    elif rng.random() < .5:
        base = rng.choice(('a_config.py', 'base.py', '../configs', 'none.py',
                           '/', 'mmdet::none.py', 'x::y::z', '\0', 3, None,
                           ['base.py'] * 2, ['a_config.py'], {}, 'more.json'))
        path.write_text(f'_base_ = {base!r}\n' + path.read_text())
    else:
        mutate_only_bytes(path, rng)


def make_options(folder):
    """Options as the command line gives them."""
    return text(
        'options.json',
        json.dumps({
            'train_dataloader.batch_size': 4,
            'optim_wrapper.optimizer.lr': .5,
            'custom_hooks.0.type': 'EMAHook',
            'data.data_root': 'data',
            'load_from': 'a.pth'
        }))(
            folder)


def read_options(path):
    """A config with options; the json is that of the test, not of mmhoi."""
    try:
        options = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return
    if not isinstance(options, dict):
        return
    with tempfile.TemporaryDirectory() as folder:
        config = text('config.py', CONFIG)(Path(folder))
        load_config_file(config, options)


@lru_cache(None)
def tiny_model_values():
    from fuzz_model_files import QPIC, tiny_model_config

    return tiny_model_config(QPIC).to_dict()


def make_model(folder):
    """A config that a model can be built of."""
    return text('model.py', f'model = {tiny_model_values()!r}')(folder)


def mutate_model(path, rng):
    """Give keys of a model nasty values."""
    model = ast.literal_eval(path.read_text().partition('= ')[2])
    for _ in range(3):
        parent, key = random_place([model], rng)
        if isinstance(parent, dict):
            parent[key] = rng.choice(NASTY)
            break
    content = f'from math import inf, nan\nmodel = {model!r}'
    path.write_text(content.encode('utf-8', 'replace').decode())


def read_model(path):
    """Arguments of a part may be refused by it in any way, but at once."""
    cfg = load_config_file(path)
    try:
        check_config(cfg)
        build_empty_model(cfg.model)
    except Exception as error:
        raise ValueError(repr(error)) from error


CONFIGS = {
    'config_file': (text('config.py', CONFIG), read_run, mutate_only_bytes),
    'config_values': (text('config.py', CONFIG), read_run, mutate_values),
    'config_json': (text('config.json', json.dumps(values(CONFIG))), read_run,
                    mutate_json),
    'config_yaml': (text('config.yml', json.dumps(values(CONFIG))), read_run,
                    mutate_only_bytes),
    'config_bases': (make_bases,
                     lambda path: read_run(path / 'a_config.py'),
                     mutate_bases),
    'config_options': (make_options, read_options, mutate_json),
    'config_model': (make_model, read_model, mutate_model),
    'config_in_checkpoint': (text('config.txt', CARRIED), lambda path:
                             read_config(path.read_text('utf-8', 'replace')),
                             mutate_only_bytes),
}  # yapf: disable
