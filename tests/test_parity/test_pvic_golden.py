# Copyright (c) mmhoi contributors.
"""PViC against outputs of the official implementation."""
from pathlib import Path

import pytest
from parity.golden_file import read_golden
from parity.pvic_checks import check_pvic
from parity.report import Report

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT.parent / 'shared' / 'golden' / 'onestage_twostage'


@pytest.mark.skipif(not GOLDEN.exists(), reason='needs the golden data')
@pytest.mark.parametrize('name', ['pvic_head_tiny_hico', 'pvic_e2e_tiny_hico'])
def test_all_of_the_official_results(name):
    report = Report()
    check_pvic(report, read_golden(GOLDEN / f'{name}.pt'))
    assert report.ok, report.table(only_failures=True)


def test_slice_of_the_official_results():
    report = Report()
    check_pvic(report, read_golden(ROOT / 'tests/data/pvic_head_tiny.pt.gz'))
    assert report.ok, report.table(only_failures=True)
