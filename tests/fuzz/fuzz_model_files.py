# Copyright (c) mmhoi contributors.
"""Small valid files of weights; their readers."""
import json
import sys
from functools import lru_cache
from pathlib import Path

import torch
from fuzz_config_files import CARRIED
from fuzz_mutations import mutate_json, mutate_only_bytes
from fuzz_torch_files import mutate_safetensors, mutate_torch, saved
from mmengine.config import Config
from torch import nn

from mmhoi.checkpoints import (RunFolder, build_model, check_same_classes,
                               check_whole, config_of_checkpoint,
                               read_checkpoint, write_checkpoint)
from mmhoi.checkpoints.class_record import class_record, classes_of_checkpoint
from mmhoi.checkpoints.entries import EXTRAS
from mmhoi.checkpoints.official.conversion import (export_official,
                                                   import_official)
from mmhoi.checkpoints.official.identify import FAMILIES, check_family
from mmhoi.label_spaces import load_label_space

# Where tiny_configs is, if this is not run by pytest.
sys.path.append(str(Path(__file__).resolve().parents[1]))

CLASSES = dict(objects=['bicycle', 'cart'], verbs=['ride', 'push'])


def mutate_by_ending(path, rng):
    """Mutate a file of a folder of several kinds."""
    {
        '.pth': mutate_torch,
        '.json': mutate_json
    }.get(path.suffix, mutate_only_bytes)(path, rng)


def checkpoint_content():
    """Checkpoint as tools/train.py writes them."""
    space = load_label_space(CLASSES)
    return dict(
        state_dict={'layer.weight': torch.ones(3, 2)},
        meta=dict(
            cfg=CARRIED,
            epoch=3,
            iter=4,
            time='20260101_000000',
            dataset_meta=space.metainfo(),
            class_tables=class_record_of(space)),
        message_hub=dict(
            log_scalars={}, runtime_info=dict(iter=4, run_id='a')))


def class_record_of(space):
    head = nn.Module()
    head.label_space = space
    return class_record(head)


def make_safetensors(folder):
    path = folder / 'a.safetensors'
    content = checkpoint_content()
    # As far as json has its types.
    meta = json.loads(json.dumps(content['meta'], default=lambda x: 0))
    write_checkpoint(
        path, content['state_dict'], meta,
        dict(tensors={'queue': torch.ones(2)}, order=['layer.weight', 'q']))
    return path


def read_model(path):
    checkpoint = read_checkpoint(path)
    config_of_checkpoint(checkpoint)
    classes_of_checkpoint(checkpoint)
    check_whole(str(path))


def make_run_folder(folder):
    """What a run leaves, to be resumed."""
    for epoch in (1, 2):
        saved(f'run/epoch_{epoch}.pth', checkpoint_content)(folder)
    (folder / 'run/last_checkpoint').write_text('/old/run/epoch_2.pth')
    return folder / 'run'


def read_run_folder(path):
    """Damaged checkpoints are told of in the log."""
    run = RunFolder(path)
    latest = run.latest()
    assert latest is None or Path(latest).parent == path
    for file in path.glob('*.pth'):
        run.run_of(file)


@lru_cache(None)
def tiny_model_config(name):
    """Config of a model with few weights."""
    from tiny_configs import _shrink_model, read_config

    model = read_config(name).model
    _shrink_model(model)
    if 'bbox_head' in model:
        model.bbox_head.label_space = CLASSES
    return model


QPIC = 'qpic/qpic_mini_synhico.py'


def model_content():
    """Weights of a model, and what is noted of its classes."""
    model = build_model(tiny_model_config(QPIC))
    return dict(
        state_dict=model.state_dict(),
        meta=dict(class_tables=class_record(model.hoi_head)))


def read_weights(path):
    """What testing and inference do before they use weights."""
    checkpoint = read_checkpoint(path, mapped=True)
    model = build_model(tiny_model_config(QPIC), checkpoint)
    check_same_classes(model, checkpoint)


def official(name, config):
    """Row of an official checkpoint that is converted, and back."""

    def content():
        model = _official_config(config)
        state = build_model(model).state_dict()
        return dict(model=export_official(state, FAMILIES[name], model))

    def read(path):
        state = read_checkpoint(path)['state_dict']
        family = FAMILIES[name]
        try:
            check_family(state, family)
            family.default_config(state)
            cfg = Config(dict(model=_official_config(config)))
            cfg.merge_from_dict(family.model_options(state))
            import_official(state, family, cfg.model)
        except RuntimeError as error:
            # As tools/model_converters/convert.py tells it.
            raise ValueError(f'{path}: {error}') from error

    return saved('a.pth', content), read, mutate_torch


@lru_cache(None)
def _official_config(name):
    from tiny_configs import _shrink_model, read_config

    model = read_config(name).model
    _shrink_model(model)
    return model


def converted_content():
    """One of our checkpoints that was an official one."""
    model, family = _official_config(QPIC), FAMILIES['qpic']
    state = export_official(build_model(model).state_dict(), family, model)
    state, extras = import_official(state, family, model)
    return {'state_dict': state, 'meta': {}, EXTRAS: extras}


def read_converted(path):
    """Turn it into an official one again."""
    checkpoint = read_checkpoint(path)
    try:
        export_official(checkpoint['state_dict'], FAMILIES['qpic'],
                        _official_config(QPIC), checkpoint.get(EXTRAS))
    except RuntimeError as error:
        raise ValueError(f'{path}: {error}') from error


CHECKPOINTS = {
    'checkpoint_pth': (saved('a.pth', checkpoint_content), read_model,
                       mutate_torch),
    'checkpoint_safetensors': (make_safetensors, read_model,
                               mutate_safetensors),
    'run_folder': (make_run_folder, read_run_folder, mutate_by_ending),
    'model_weights': (saved('a.pth', model_content), read_weights,
                      mutate_torch),
    'official_qpic': official('qpic', QPIC),
    'official_cdn': official('cdn', 'cdn/cdn_mini_synhico.py'),
    'official_upt': official('upt', 'upt/upt_mini_synhico.py'),
    'official_pvic': official('pvic', 'pvic/pvic_mini_synhico.py'),
    'official_gen_vlkt': official('gen_vlkt',
                                  'gen_vlkt/gen_vlkt_mini_synhico.py'),
    'official_hoiclip': official('hoiclip',
                                 'hoiclip/hoiclip_mini_synhico.py'),
    'converted': (saved('a.pth', converted_content), read_converted,
                  mutate_torch),
}  # yapf: disable
