# Copyright (c) mmhoi contributors.
"""Official state dicts without their weights."""
import gzip
import json
from pathlib import Path

import torch
from mmengine.config import Config

from mmhoi.label_spaces import (load_label_space, official_vcoco_table,
                                seen_hois)
from mmhoi.setup_env import register_all_modules

ROOT = Path(__file__).resolve().parents[3]
TABLES = json.loads(
    gzip.decompress(
        (ROOT / 'tests/data/official_state_dicts.json.gz').read_bytes()))


def _zero_shot(rows):
    """GEN-VLKT's own zero-shot layout: the second classifier has a bias."""
    sizes = {
        'visual_projection.weight': [480, 512],
        'visual_projection.bias': [480]
    }
    rows = [[name, sizes.get(name, shape), dtype]
            for name, shape, dtype in rows]
    place = [row[0] for row in rows].index('visual_projection.bias') + 1
    rows[place:place] = [
        ['eval_visual_projection.weight', [600, 512], 'float32'],
        ['eval_visual_projection.bias', [600], 'float32'],
    ]
    return rows


TABLES['genvlkt_s_rf_uc'] = _zero_shot(TABLES['genvlkt_s_hico'])

#: family, config, label space, zero-shot split
MODELS = {
    'hico_default':
    ('hoiclip', 'hoiclip/hoiclip_r50_hico.py', 'hico_det', None),
    'hico_rf_uc': ('hoiclip', 'hoiclip/zero_shot/hoiclip_r50_hico_rf-uc.py',
                   'hico_det', 'rf_uc'),
    'vcoco': ('hoiclip', 'hoiclip/hoiclip_r50_vcoco.py', 'vcoco', None),
    'genvlkt_s_hico':
    ('gen_vlkt', 'gen_vlkt/gen_vlkt_s_r50_hico.py', 'hico_det', None),
    'genvlkt_s_rf_uc':
    ('gen_vlkt', 'gen_vlkt/gen_vlkt_s_r50_hico_rf-uc.py', 'hico_det', 'rf_uc')
}


def full_size_config(name):
    register_all_modules()
    return Config.fromfile(ROOT / 'configs' / MODELS[name][1])


def full_size_state(name):
    """Shapes alone, but with values where classes are told from them."""
    state = {
        key: torch.empty(shape, dtype=getattr(torch, dtype), device='meta')
        for key, shape, dtype in TABLES[name]
    }
    fill_classes(state, *MODELS[name][2:])
    return state


def fill_classes(state, label_space, split):
    space = load_label_space(label_space)
    seen = seen_hois(split, len(space.hois))
    generator = torch.Generator().manual_seed(0)
    texts = torch.randn(len(space.hois), 512, generator=generator)
    state['visual_projection.weight'] = texts[torch.from_numpy(seen)]
    if split is not None:
        state['eval_visual_projection.weight'] = texts
    if 'verb2hoi_proj' in state:
        table = space.verb_to_hoi()[:, seen]
        if label_space == 'vcoco':
            table = official_vcoco_table()
        state['verb2hoi_proj'] = torch.from_numpy(table.copy())
