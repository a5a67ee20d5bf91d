# Copyright (c) mmhoi contributors.
"""check_golden on models of other classes and sizes, and on wrong values."""
from copy import deepcopy

import pytest
import torch
from parity.check import check_golden
from test_parity.made_golden import make_golden

from mmhoi.setup_env import register_all_modules

VARIANTS = {
    'hoiclip': ('hoiclip', 'hico_det', None),
    'hoiclip_rf_uc': ('hoiclip', 'hico_det', 'rf_uc'),
    'hoiclip_uc3': ('hoiclip', 'hico_det', 'uc3'),
    'hoiclip_uv': ('hoiclip', 'hico_det', 'uv'),
    'hoiclip_vcoco': ('hoiclip', 'vcoco', None),
    'gen_vlkt': ('gen_vlkt', 'hico_det', None),
    'gen_vlkt_uo': ('gen_vlkt', 'hico_det', 'uo'),
    'gen_vlkt_vcoco': ('gen_vlkt', 'vcoco', None)
}


@pytest.fixture(scope='module', autouse=True)
def modules():
    register_all_modules()


def check(content, folder):
    path = folder / 'made.pt'
    torch.save(content, path)
    return check_golden(path)


@pytest.mark.parametrize('name', VARIANTS)
def test_variants(name, tmp_path):
    report = check(make_golden(tmp_path, *VARIANTS[name]), tmp_path)
    assert report.ok, report.table(only_failures=True)
    assert len(report.rows) > 20


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    return make_golden(
        tmp_path_factory.mktemp('made'), 'hoiclip', 'hico_det', None)


def perturbed(content, keys, amount):
    content = deepcopy(content)
    part = content
    for key in keys[:-1]:
        part = part[key]
    value = part[keys[-1]]
    if torch.is_tensor(value):
        value = value.clone()
        value.view(-1)[0] += amount
    else:
        value += amount
    part[keys[-1]] = value
    return content


@pytest.mark.parametrize('keys, amount', [
    (('outputs_eval', 'pred_hoi_logits'), 1e-3),
    (('outputs_eval', 'pred_sub_boxes'), 1e-4),
    (('outputs_train', 'aux_outputs', 0, 'pred_obj_logits'), 1e-3),
    (('outputs_eval', 'pred_obj_boxes'), float('nan')),
    (('loss_dict', 'loss_obj_ce'), 1e-2),
    (('total_loss', ), 10.0),
    (('matcher', 'final', 'indices', 0, 0), 1),
    (('matcher', 'final', 'cost_matrix_per_image', 0), 1e-3),
    (('grad_norms', 'query_embed_h.weight'), 1.0),
    (('postprocess_eval', 0, 'hoi_scores'), 1e-3),
    (('state_dict', 'query_embed_o.weight'), 0.1),
    (('inputs', 'targets', 0, 'obj_labels'), 1),
    (('args', 'nheads'), 2),
    (('args', 'set_cost_bbox'), 1),
])
def test_one_wrong_value_fails(made, tmp_path, keys, amount):
    report = check(perturbed(made, keys, amount), tmp_path)
    assert not report.ok


@pytest.mark.parametrize('key', ['surprise', 'loss_dict'])
def test_what_nothing_compares_fails(made, tmp_path, key):
    content = dict(made)
    if key in content:
        content[key] = dict(content[key], loss_surprise=1.0)
    else:
        content[key] = torch.zeros(1)
    report = check(content, tmp_path)
    assert not report.ok
    assert any('surprise' in name for name in report.failures)


@pytest.mark.parametrize('change, message', [
    (dict(args=dict(pre_norm=True)), 'pre_norm'),
    (dict(args=dict(num_queries=6)), 'do not fit'),
])
def test_models_that_do_not_exist_here(made, tmp_path, change, message):
    content = dict(made, args={**made['args'], **change['args']})
    with pytest.raises(ValueError, match=message):
        check(content, tmp_path)


def test_unknown_parameter_is_an_error(made, tmp_path):
    state = dict(made['state_dict'])
    state['transformer.surprise.weight'] = torch.zeros(1)
    with pytest.raises(KeyError, match='surprise'):
        check(dict(made, state_dict=state), tmp_path)
