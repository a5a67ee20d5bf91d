# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.deployment.export_check import (PREDICTION_TOLERANCE,
                                           prediction_difference)
from mmhoi.deployment.torch_inferencer import TorchHOIInferencer


def test_refused_models(tmp_path):
    path = tmp_path / 'a.pt2'
    with pytest.raises(FileNotFoundError, match='does not exist'):
        TorchHOIInferencer(path)
    path.write_bytes(b'no model')
    with pytest.raises(ValueError, match='damaged or no .pt2 file'):
        TorchHOIInferencer(path)
    program = torch.export.export(torch.nn.Identity(), (torch.ones(2), ))
    torch.export.save(program, path)
    with pytest.raises(ValueError, match='no metadata "mmhoi"'):
        TorchHOIInferencer(path)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ValueError, match='damaged or no .pt2 file'):
        TorchHOIInferencer(path)


def test_own_vocabulary(tiny, export, scene, tmp_path):
    """Also a text that names no object; and images too small for a graph."""
    from mmhoi.apis import HOIInferencer
    inferencer = HOIInferencer(
        *tiny,
        device='cpu',
        show_progress=False,
        texts=['running', 'riding a horse'])
    # Which one of nearly equal pairs it keeps would depend on rounding.
    inferencer.model.bbox_head.select.pair_nms = None
    exported, _ = export(inferencer, tmp_path / 'model.pt2')
    wanted, = inferencer(scene)['predictions']
    found, = exported(scene)['predictions']
    difference, num_single = prediction_difference(wanted, found)
    assert difference <= PREDICTION_TOLERANCE and not num_single
    assert {hoi['text']
            for hoi in found['hois']} <= {'running', 'riding a horse'}
    with pytest.warns(UserWarning, match='too small for a .pt2'):
        predictions = exported([scene, scene[:1]])['predictions']
    assert predictions[0]['hois'] == found['hois']
    assert 'too small' in predictions[1]['error']
