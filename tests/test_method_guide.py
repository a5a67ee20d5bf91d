# Copyright (c) mmhoi contributors.
"""docs/en/add/method.md, executed: a new method needs new files only."""
import re
import sys
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.structures import InstanceData

from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules
from mmhoi.structures import HOIDataSample

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / 'docs/en/add/method.md'


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The config of the page, beside the part of the page."""
    part, config = re.findall(r'```python\n(.*?)```', PAGE.read_text(), re.S)
    (tmp_path / 'prior_verbs.py').write_text(part)
    path = tmp_path / 'prior_mini_synhico.py'
    path.write_text(config.replace('CONFIGS', str(ROOT / 'configs')))
    register_all_modules()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Config.fromfile(path)
    sys.modules.pop('prior_verbs', None)
    MODELS.module_dict.pop('PriorVerbClassifier', None)


def sample():
    data = HOIDataSample(
        metainfo=dict(
            img_shape=(96, 96), batch_input_shape=(96, 96), ori_shape=(96,
                                                                       96)))
    data.gt_hoi_instances = InstanceData(
        sub_bboxes=torch.tensor([[10., 10., 60., 80.]]),
        obj_bboxes=torch.tensor([[20., 30., 90., 80.]]),
        obj_labels=torch.tensor([1]),
        verb_labels=torch.eye(117)[[87]])
    return data


def test_the_method_of_the_page(config):
    torch.manual_seed(0)
    model = MODELS.build(config.model)
    batch = dict(img=torch.randn(1, 3, 96, 96))
    losses = model.loss(batch, [sample()])
    total, _ = model.parse_losses(losses)
    build_optim_wrapper(model, config.optim_wrapper).update_params(total)
    with torch.no_grad():
        pred, = model.eval().predict(batch, [sample()])
    pred = pred.pred_hoi_instances
    prior = model.bbox_head.interaction_classifier.prior
    assert len(pred) and (pred.confidences <= prior[pred.labels]).all()
    assert torch.equal(pred.scores, pred.confidences)
