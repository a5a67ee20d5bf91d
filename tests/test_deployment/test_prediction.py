# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch

from mmhoi.deployment.model_info import ModelInfo
from mmhoi.deployment.prediction import select_predictions
from mmhoi.models.heads import CombinationScores, PairSelector

IMAGES, QUERIES, HOIS = 2, 6, 5
HOI_VERBS = (0, 1, 1, 2, 0)
SHAPES = ((40, 60), (50, 30))
TABLES = CombinationScores._fields
NMS = dict(iou_thr=0.3, sub_power=1.0, obj_power=0.5)


@pytest.fixture
def outputs():
    """What a graph returns; two of the queries are of the same pair."""
    generator = np.random.default_rng(0)
    shape = IMAGES, QUERIES, HOIS
    tables = {name: generator.random(shape, np.float32) for name in TABLES}
    tables['obj_labels'] = generator.integers(0, 9, shape)
    # Each pair excludes an HOI, the second pair all of them.
    tables['scores'][:, :, 3] = -np.inf
    tables['scores'][:, 1] = -np.inf
    for name in 'sub_bboxes', 'obj_bboxes':
        corners = np.sort(generator.random((IMAGES, QUERIES, 2, 2)), 2)
        boxes = corners.reshape(IMAGES, QUERIES, 4).astype(np.float32)
        boxes[:, 4] = boxes[:, 0]
        tables[name] = boxes
    return tables


def selected(outputs, image, max_per_img, nms):
    """The same by `PairSelector`."""
    tensors = {k: torch.from_numpy(v[image]) for k, v in outputs.items()}
    height, width = SHAPES[image]
    scale = torch.tensor([width, height, width, height])
    return PairSelector(max_per_img,
                        nms)(CombinationScores(*(tensors[name]
                                                 for name in TABLES)),
                             torch.tensor(HOI_VERBS),
                             tensors['sub_bboxes'] * scale,
                             tensors['obj_bboxes'] * scale,
                             torch.zeros(QUERIES))


@pytest.mark.parametrize('nms', [None, NMS])
@pytest.mark.parametrize('max_per_img', [3, 100, None])
def test_equal_to_those_of_the_head(outputs, max_per_img, nms):
    info = ModelInfo({}, HOI_VERBS, None, max_per_img, nms)
    found = select_predictions(outputs, info, SHAPES)
    assert len(found) == IMAGES
    for image, prediction in enumerate(found):
        wanted = selected(outputs, image, max_per_img, nms)
        assert set(prediction) == set(wanted.keys()) - {'top_obj_labels'}
        for name, column in prediction.items():
            np.testing.assert_allclose(
                column, wanted[name].numpy(), rtol=1e-6, err_msg=name)
    if max_per_img is None and nms is None:
        # All that is possible.
        assert len(found[0]['scores']) == (QUERIES - 1) * (HOIS - 1)


@pytest.mark.parametrize('score', [np.nan, np.inf])
def test_wrong_scores_are_refused(outputs, score):
    outputs['scores'][0, 0, 0] = score
    with pytest.raises(ValueError, match='finite|NaN|nan'):
        select_predictions(outputs, ModelInfo({}, HOI_VERBS, None, 3, None),
                           SHAPES)
