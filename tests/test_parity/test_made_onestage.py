# Copyright (c) mmhoi contributors.
"""check_golden on QPIC and CDN of other settings, and on damaged files."""
from copy import deepcopy

import pytest
from parity.cdn_checks import check_cdn
from parity.golden_file import Fields, golden_kind
from parity.qpic_checks import check_qpic
from parity.report import Report
from test_parity.made_onestage import make_onestage

from mmhoi.setup_env import register_all_modules

VCOCO = dict(num_obj_classes=81, num_verb_classes=29)
VARIANTS = {
    'qpic': ('qpic', dict(dec_layers=3, enc_layers=2, num_queries=7)),
    'qpic_vcoco': ('qpic', dict(VCOCO, hidden_dim=64, nheads=4)),
    'qpic_one_layer': ('qpic', dict(dec_layers=1, verb_loss_type='bce')),
    'qpic_last_layer': ('qpic', dict(aux_loss=False)),
    'cdn_large':
    ('cdn',
     dict(backbone='resnet101', dec_layers_hopd=3, dec_layers_interaction=3)),
    'cdn_depths': ('cdn', dict(dec_layers_hopd=3, dec_layers_interaction=1)),
    'cdn_vcoco':
    ('cdn',
     dict(VCOCO, dec_layers_hopd=1, dec_layers_interaction=2, num_queries=9)),
    'cdn_matching': ('cdn',
                     dict(
                         use_matching=True,
                         set_cost_matching=0.5,
                         matching_loss_coef=3,
                         alpha=0.25)),
    'cdn_last_layer': ('cdn', dict(aux_loss=False, enc_layers=2)),
    'cdn_second_step': ('cdn',
                        dict(
                            freeze_mode=1,
                            bbox_loss_coef=5,
                            giou_loss_coef=2,
                            set_cost_bbox=4,
                            eos_coef=0.2))
}


@pytest.fixture(scope='module', autouse=True)
def modules():
    register_all_modules()


def check(content):
    report = Report()
    assert golden_kind(content) == content['method']
    checks = dict(qpic=check_qpic, cdn=check_cdn)
    checks[content['method']](report, Fields(content))
    return report


@pytest.mark.parametrize('name', VARIANTS)
def test_variants(name):
    method, changes = VARIANTS[name]
    report = check(make_onestage(method, **changes))
    assert report.ok, report.table(only_failures=True)
    assert len(report.rows) > 20


@pytest.fixture(scope='module')
def made():
    return make_onestage('cdn')


@pytest.mark.parametrize('change, message', [
    (dict(dec_layers_interaction=3), 'weights and arguments .* do not fit'),
    (dict(num_queries=6), 'queries.embedding.weight .5, 32. instead of'),
    (dict(dilation=True), 'args.dilation=True'),
    (dict(backbone='swin'), "args.backbone='swin'"),
    (dict(num_obj_classes=12), 'args.num_obj_classes=12'),
    (dict(alpha=None), 'no field "args.alpha"'),
    (dict(verb_loss_type='asl'), "args.verb_loss_type='asl'"),
])
def test_settings_that_do_not_fit(made, change, message):
    args = dict(made['args'], **change)
    args = {key: value for key, value in args.items() if value is not None}
    with pytest.raises((KeyError, ValueError), match=message):
        check(dict(made, args=args))


@pytest.mark.parametrize('place, message', [
    (('total_loss', ), 'no field "total_loss"'),
    (('inputs', 'orig_sizes'), 'no field "inputs.orig_sizes"'),
    (('inputs', 'targets', 1, 'sub_boxes'),
     r'"inputs.targets\[1\].sub_boxes"'),
    (('matcher', 'final', 'indices'), 'no field "matcher.final.indices"'),
])
def test_missing_fields_are_named(made, place, message):
    content = deepcopy(made)
    part = content
    for key in place[:-1]:
        part = part[key]
    del part[place[-1]]
    with pytest.raises(KeyError, match=message):
        check(content)


@pytest.mark.parametrize('place', [('surprise', ),
                                   ('outputs_eval', 'pred_surprise')])
def test_what_nothing_compares_fails(made, place):
    content = deepcopy(made)
    part = content if len(place) == 1 else content[place[0]]
    part[place[-1]] = 1
    report = check(content)
    assert any('surprise' in name for name in report.failures)


@pytest.mark.parametrize('name', ['aux_outputs', 'pred_sub_boxes'])
def test_outputs_that_are_missing_fail(made, name):
    outputs = dict(made['outputs_eval'])
    del outputs[name]
    report = check(dict(made, outputs_eval=outputs))
    assert f'outputs_eval {name}' in report.failures


@pytest.mark.parametrize('content, message', [
    (dict(method='cdn_l'), "method='cdn_l' of the golden file is unknown"),
    (dict(method='pvic', inputs=1), 'lacks object_to_target, outputs_eval'),
])
def test_kinds_that_are_none(content, message):
    with pytest.raises(ValueError, match=message):
        golden_kind(content)
