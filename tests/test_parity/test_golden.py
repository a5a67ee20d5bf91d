# Copyright (c) mmhoi contributors.
"""Our models against outputs of the official implementations."""
import logging
import runpy
from pathlib import Path

import pytest
import torch
from parity.check import check_golden
from parity.golden_file import read_golden
from parity.model_config import build_golden_model
from parity.samples import golden_inputs, golden_samples

ROOT = Path(__file__).resolve().parents[2]
SLICES = ROOT / 'tests' / 'data'
GOLDEN = ROOT.parent / 'shared' / 'golden'


@pytest.mark.parametrize('name, rows', [
    ('hoiclip_tiny', 70),
    ('hoiclip_tiny_train', 4),
    ('gen_vlkt_tiny', 40),
    ('enhancement_tiny', 4),
])
def test_slices(name, rows):
    report = check_golden(SLICES / f'{name}.pt.gz')
    assert report.ok, report.table(only_failures=True)
    assert len(report.rows) >= rows


@pytest.mark.skipif(not GOLDEN.exists(), reason='needs the golden data')
@pytest.mark.parametrize('name', [
    'hoiclip_tiny_hico', 'genvlkt_tiny_hico', 'hoiclip_tiny_train', 'tfe_tiny',
    'verb_extraction'
])
def test_all_of_the_official_results(name):
    report = check_golden(GOLDEN / f'{name}.pt')
    assert report.ok, report.table(only_failures=True)


def test_padding_is_attended():
    """The interaction decoder has no padding mask: as the official code."""
    content = read_golden(SLICES / 'hoiclip_tiny.pt.gz')
    model, _ = build_golden_model(content, content['state_dict'])
    inputs = golden_inputs(content)
    samples = golden_samples(content, model.bbox_head)
    alone = dict(
        img=inputs['img'][1:, :, :256, :288], clip_img=inputs['clip_img'][1:])
    with torch.no_grad():
        both = model(inputs, samples)['interaction_features']
        samples[1].set_metainfo(dict(batch_input_shape=(256, 288)))
        single = model(alone, samples[1:])['interaction_features']
    assert (single[:, 0] - both[:, 1]).abs().max() > 1e-3


@pytest.mark.parametrize('content, status, message', [
    (dict(cls_scores=1), 2, 'known layout'),
    (None, 2, 'damaged'),
    ('missing', 2, 'no such golden file'),
    (dict(image_size_hw=1, target=dict(),
          hflip=1), 2, 'no field "target.boxes_h"'),
    (dict(image_size_hw=1, target=dict(boxes_h=[]),
          hflip=1), 2, 'do not fit each other: TypeError'),
])
def test_tool(content, status, message, tmp_path, capsys, monkeypatch):
    # The tool silences all logs of its process, here that of all tests.
    monkeypatch.setattr(logging, 'disable', lambda level: None)
    tool = runpy.run_path(
        str(ROOT / 'tools' / 'analysis_tools' / 'check_golden.py'))
    path = tmp_path / 'file.pt'
    if content is None:
        path.write_bytes(b'PK\x03\x04 no tensors')
    elif content != 'missing':
        torch.save(content, path)
    assert tool['main']([str(path)]) == status
    assert message in capsys.readouterr().out
