# Copyright (c) mmhoi contributors.
"""Pairs through flip, resize and crop, beside UPT's and PViC's own code."""
from pathlib import Path

from parity.check import check_golden

DATA = Path(__file__).resolve().parents[2] / 'data'


def test_targets():
    report = check_golden(DATA / 'upt_target_transforms.pt.gz')
    assert report.ok, report.table(only_failures=True)
    # Flip, resize, normalised boxes and two crops.
    assert len(report.rows) == 15
    assert report.notes[
        'crop_a_top_left_h_w: pairs that only one side keeps'].startswith(
            '[1, 4] ours, [] the official')
