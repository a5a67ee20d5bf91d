# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest
from mmengine.config import Config

from mmhoi.reproduction.identity import Identifier, recipe_hash
from mmhoi.reproduction.planning import PlannedRun
from mmhoi.utils.run_config import load_config_file

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
MINI = CONFIGS / 'hoiclip' / 'mini' / 'hoiclip_mini_synhico_verb-text.py'


@pytest.mark.parametrize('options, same', [
    ({
        'data_root': 'elsewhere/'
    }, True),
    ({
        'train_dataloader.num_workers': 0
    }, True),
    ({
        'randomness.seed': 5
    }, True),
    ({
        'default_hooks.checkpoint.interval': 5
    }, True),
    ({
        'load_from': '/else/where/mini_detector.safetensors'
    }, True),
    ({
        'load_from': 'other.safetensors'
    }, False),
    ({
        'model.num_queries': 8
    }, False),
    ({
        'train_dataloader.dataset.fraction': .5
    }, False),
    ({
        'optim_wrapper.optimizer.lr': 1.
    }, False),
])
def test_what_is_a_recipe(options, same):
    one, other = (
        recipe_hash(load_config_file(MINI, o)) for o in ({}, options))
    assert (one == other) == same


def test_files_of_a_run(tmp_path):
    folder = tmp_path / 'annotations'
    folder.mkdir()
    for name in 'trainval', 'test':
        (folder / f'{name}_hico.json').write_text(name)
    run = PlannedRun('a', MINI, {'data_root': f'{tmp_path}/'}, 0)
    identity = Identifier(1, 'make it').identify(run)
    assert set(identity.data) == {
        'annotations/trainval_hico.json', 'annotations/test_hico.json'
    }
    assert set(identity.weights) == {
        'mini_clip.safetensors', 'mini_detector.safetensors',
        'verb_embeddings_text.safetensors'
    }
    other = identity.as_dict()
    assert identity.differences(other) == []
    other['weights'] = {**identity.weights, 'mini_clip.safetensors': 'x'}
    assert identity.differences(other) == [
        'other initial weights (mini_clip.safetensors)'
    ]


def test_batch_of_all_processes():
    cfg = Config(dict(train_dataloader=dict(batch_size=8)))
    assert recipe_hash(cfg, 2) != recipe_hash(cfg, 1)
