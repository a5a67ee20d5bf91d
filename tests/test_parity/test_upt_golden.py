# Copyright (c) mmhoi contributors.
"""UPT against outputs of the official implementation."""
from pathlib import Path

import pytest
import torch
from parity.golden_file import read_golden
from parity.report import Report
from parity.upt_checks import (check_proposals, check_results, check_table,
                               check_upt)
from parity.upt_model import head_inputs, upt_config

from mmhoi.models.heads.pair36 import pair36
from mmhoi.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT.parent / 'shared' / 'golden' / 'onestage_twostage'


def test_slice():
    """All but the network: from the official logits on."""
    content = read_golden(ROOT / 'tests/data/upt_head_slice.pt.gz')
    cfg = upt_config(content['args'], content['channels'])
    head = MODELS.build(
        dict(
            train_cfg=cfg.train_cfg,
            test_cfg=cfg.test_cfg,
            **cfg.interaction_head))
    report = Report()
    check_table(report, head, content['object_to_target'])
    check_proposals(report, content)
    regions = content['inputs']['region_props']
    for region in regions:
        region['hidden_states'] = torch.zeros(len(region['boxes']), 1)
    content['inputs']['features'] = torch.zeros(len(regions), 1, 1, 1)
    batch = head_inputs(content, range(len(regions)))
    with_pairs = [
        (image, size)
        for image, size in zip(batch['proposals'], batch['img_sizes'])
        if image.num_pairs
    ]
    for (image, size), theirs in zip(with_pairs,
                                     content['spatial_encoding_36']):
        report.near('encoding',
                    pair36(image.boxes, size).flatten(0, 1), theirs, 1e-4)
    check_results(report, head, batch['proposals'],
                  content['outputs_eval']['logits'], content)
    assert report.ok, report.table(only_failures=True)
    assert len(report.rows) >= 35


@pytest.mark.skipif(not GOLDEN.exists(), reason='needs the golden data')
@pytest.mark.parametrize('name', ['upt_head_tiny_hico', 'upt_e2e_tiny_hico'])
def test_all_of_the_official_results(name):
    report = Report()
    check_upt(report, read_golden(GOLDEN / f'{name}.pt'))
    assert report.ok, report.table(only_failures=True)
