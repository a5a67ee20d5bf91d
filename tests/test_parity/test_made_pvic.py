# Copyright (c) mmhoi contributors.
"""check_golden on PViC of other settings, and on damaged files."""
from copy import deepcopy

import pytest
from parity.golden_file import Fields, golden_kind
from parity.pvic_checks import check_pvic
from parity.report import Report
from test_parity.made_pvic import make_pvic

from mmhoi.setup_env import register_all_modules

VARIANTS = {
    'head':
    dict(),
    'levels':
    dict(kv_src='C3', triplet_enc_layers=3, triplet_dec_layers=1),
    'vcoco':
    dict(num_verbs=24, kv_src='C4', raw_lambda=1.7, alpha=0.3, gamma=0.2),
    'selection':
    dict(box_score_thresh=0.4, min_instances=1, max_instances=2, repr_dim=48),
    'no_blocks':
    dict(triplet_enc_layers=0, nheads=8),
    'detector':
    dict(with_detector=True, num_queries=12, enc_layers=2),
    'detector_levels':
    dict(with_detector=True, kv_src='C3', backbone='resnet101', nheads=2)
}


@pytest.fixture(scope='module', autouse=True)
def modules():
    register_all_modules()


def check(content):
    report = Report()
    assert golden_kind(content) == 'pvic'
    check_pvic(report, Fields(content))
    return report


@pytest.mark.parametrize('name', VARIANTS)
def test_variants(name):
    report = check(make_pvic(**VARIANTS[name]))
    assert report.ok, report.table(only_failures=True)
    assert len(report.rows) > 20


@pytest.fixture(scope='module')
def made():
    return make_pvic()


@pytest.mark.parametrize('change, message', [
    (dict(kv_src='C4'), "args.kv_src='C4' .* whose pyramid has 1 levels"),
    (dict(detector='advanced'), "args.detector='advanced'"),
    (dict(triplet_dec_layers=3), 'weights and arguments .* do not fit'),
    (dict(raw_lambda=None), 'no field "args.raw_lambda"'),
])
def test_settings_that_do_not_fit(made, change, message):
    args = dict(made['args'], **change)
    args = {key: value for key, value in args.items() if value is not None}
    with pytest.raises((KeyError, ValueError), match=message):
        check(dict(made, args=args))


@pytest.mark.parametrize('place, message', [
    (('loss_parts', ), 'no field "loss_parts"'),
    (('inputs', 'feature_masks'), 'no field "inputs.feature_masks"'),
    (('region_props', 1, 'scores'), r'"region_props\[1\].scores"'),
    (('detections_eval', 0, 'pairing'), r'"detections_eval\[0\].pairing"'),
])
def test_missing_fields_are_named(made, place, message):
    content = deepcopy(made)
    part = content
    for key in place[:-1]:
        part = part[key]
    del part[place[-1]]
    with pytest.raises(KeyError, match=message):
        check(content)


@pytest.mark.parametrize('place', [('total_loss', ), ('args', 'raw_lambda'),
                                   ('args', 'gamma')])
def test_one_wrong_value_fails(made, place):
    content = deepcopy(made)
    part = content
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] *= 1.1
    assert not check(content).ok


def test_other_heads_fail(made):
    assert not check(dict(made, args=dict(made['args'], nheads=8))).ok
