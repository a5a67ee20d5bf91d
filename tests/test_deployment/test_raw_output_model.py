# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmdet.structures.bbox import bbox_xyxy_to_cxcywh
from torch import nn

from mmhoi.deployment.raw_output_model import RawOutputModel
from mmhoi.deployment.tracing import made_inputs
from mmhoi.models.heads import CombinationScores


@pytest.fixture(scope='module')
def raw(inferencer):
    return RawOutputModel(inferencer.model)


def test_only_weights_of_the_graph(raw):
    """CLIP's tower is left out where nobody sees its view."""
    has_tower = any('clip_visual' in name for name in raw.state_dict())
    assert has_tower == ('clip_img' in raw.input_names)


def test_outputs_are_those_that_predictions_are_selected_from(raw):
    inputs = made_inputs(raw, 2, 64, 96)
    with torch.no_grad():
        found = dict(zip(raw.output_names, raw(**inputs)))
        features = raw.model.forward_features(inputs['img'],
                                              inputs['padding_mask'],
                                              inputs.get('clip_img'))
        outputs = raw.model.bbox_head(**features)
    wanted = raw.model.bbox_head.combinations(outputs)
    for name in CombinationScores._fields:
        torch.testing.assert_close(found[name], getattr(wanted, name))
    for name in 'sub_bboxes', 'obj_bboxes':
        torch.testing.assert_close(
            bbox_xyxy_to_cxcywh(found[name]), outputs[name][-1])


def test_other_models_are_refused():
    with pytest.raises(ValueError, match='Linear cannot be exported'):
        RawOutputModel(nn.Linear(2, 2))
