# Copyright (c) mmhoi contributors.
"""CDN against outputs of the official implementation."""
from pathlib import Path

import pytest
from parity.cdn_checks import check_reweighting
from parity.check import check_golden
from parity.golden_file import read_golden
from parity.report import Report

ROOT = Path(__file__).resolve().parents[2]
SLICE = ROOT / 'tests' / 'data' / 'cdn_reweighting_slice.pt.gz'
GOLDEN = ROOT.parent / 'shared' / 'golden' / 'onestage_twostage'


@pytest.mark.parametrize('data, layers', [('hico', 3), ('vcoco', 2)])
def test_reweighting(data, layers):
    """Three steps of training, the weights of the classes in each of them."""
    report = Report()
    check_reweighting(report, read_golden(SLICE)[data])
    assert report.ok, report.table(only_failures=True)
    assert len(report.rows) == 3 * (6 * layers + 3)


@pytest.mark.skipif(not GOLDEN.exists(), reason='needs the golden data')
@pytest.mark.parametrize('name', [
    'cdn_tiny_hico', 'cdn_tiny_vcoco', 'cdn_tiny_train', 'evaluator_onestage'
])
def test_all_of_the_official_results(name):
    report = check_golden(GOLDEN / f'{name}.pt')
    assert report.ok, report.table(only_failures=True)
