# Copyright (c) mmhoi contributors.
import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRAINER = ROOT / 'tests' / 'fake_trainer.py'
TESTER = ROOT / 'tests' / 'fake_tester.py'
CONFIG = """
data = dict(data_root='data/', ann_file='{ann_file}')
train_dataloader = dict(batch_size=4, num_workers=1, dataset=data)
val_dataloader = dict(batch_size=4, dataset=dict(
    data_root='data/', ann_file='test.json'))
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=9)
model = dict(type='Anything', interaction_head=dict(composer='one'))
"""
NAMES = ('hoiclip_x', 'hoiclip_x_frac25', 'gen_vlkt_x', 'vcl_x_rf-uc',
         'vcl_x_base', 'hoiclip_x_ablation-base', 'hoiclip_x_ablation-clip',
         'hoiclip_x_ablation-verb', 'fcl_x_rf-uc')


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory with configs of the form "x" and their data."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / 'configs' / 'some'
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / f'{name}.py').write_text(
            CONFIG.format(ann_file='train.json'))
    (tmp_path / 'data').mkdir()
    for name in 'train', 'test':
        (tmp_path / 'data' / f'{name}.json').write_text('[]')
    return tmp_path


@pytest.fixture
def tool(place, monkeypatch):
    """Runs tools/reproduce.py with two epochs of the fake trainer."""
    spec = importlib.util.spec_from_file_location(
        'tool_reproduce', ROOT / 'tools' / 'reproduce.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, 'ROOT', place)
    monkeypatch.setattr('mmhoi.reproduction.reproduce.usable_gpus', lambda: [])
    # It takes longer than all the rest.
    monkeypatch.setattr('mmhoi.reproduction.reporting.draw_table',
                        lambda *args: None)

    def run(*args, epochs=2, options=()):
        return module.main([
            *map(str, args), '--out', 'out', '--config-suffix', 'x',
            '--cfg-options', f'train_cfg.max_epochs={epochs}', *options
        ], TRAINER, TESTER)

    return run


@pytest.fixture
def behave(place):
    """Says what runs do."""

    def behave(**acts):
        path = place / 'behaviour.json'
        path.write_text(json.dumps(acts))

    return behave
