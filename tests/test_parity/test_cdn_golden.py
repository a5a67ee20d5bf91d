# Copyright (c) mmhoi contributors.
"""CDN against outputs of the official implementation."""
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from parity.cdn_checks import check_reweighting
from parity.check import check_golden
from parity.golden_file import read_golden
from parity.model_config import CONFIGS, load_weights, resize
from parity.report import Report

from mmhoi.checkpoints.official.cdn import CDN
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / 'tests' / 'data'
GOLDEN = ROOT.parent / 'shared' / 'golden' / 'onestage_twostage'


@pytest.mark.parametrize('data, layers', [('hico', 3), ('vcoco', 2)])
def test_reweighting(data, layers):
    """Three steps of training, the weights of the classes in each of them."""
    report = Report()
    check_reweighting(report,
                      read_golden(DATA / 'cdn_reweighting_slice.pt.gz')[data])
    assert report.ok, report.table(only_failures=True)
    assert len(report.rows) == 3 * (6 * layers + 3)


def test_first_layer_of_the_interaction_decoder():
    """Its queries' positions are what the decoder of pairs ends with."""
    register_all_modules()
    content = read_golden(DATA / 'cdn_decoder_slice.pt.gz')
    args = content['args']
    cfg = Config.fromfile(CONFIGS / '_base_/models/cdn_s_r50.py').model
    cfg = cfg.interaction_decoder
    resize(cfg, args, 1, args['hidden_dim'])
    decoder = MODELS.build(cfg)
    state = CDN().renaming.rename_all(content['state_dict'], 'CDN')
    start = 'interaction_decoder.'
    load_weights(decoder, {k[len(start):]: v for k, v in state.items()})
    pairs = content['hopd_last_QBD'].transpose(0, 1)[None]
    states = dict(
        sub_states=pairs,
        obj_states=pairs,
        memory=content['encoder_memory_LBD'].transpose(0, 1),
        memory_pos=content['pos_embed'].flatten(2).mT,
        memory_mask=content['feature_mask'].flatten(1))
    found = []
    decoder.layers[0].register_forward_hook(
        lambda _, args, output: found.append(output))
    with torch.no_grad():
        normed = decoder(states)[0]
    for ours, key in ((normed, 'interaction_normed_QBD'),
                      (found[0], 'interaction_layer_0_before_norm_QBD')):
        torch.testing.assert_close(
            ours.transpose(0, 1), content[key], atol=1e-5, rtol=0)


@pytest.mark.skipif(not GOLDEN.exists(), reason='needs the golden data')
@pytest.mark.parametrize('name', [
    'cdn_tiny_hico', 'cdn_tiny_vcoco', 'cdn_tiny_train', 'evaluator_onestage'
])
def test_all_of_the_official_results(name):
    report = check_golden(GOLDEN / f'{name}.pt')
    assert report.ok, report.table(only_failures=True)
