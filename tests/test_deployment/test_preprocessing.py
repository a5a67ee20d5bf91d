# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from PIL import Image

from mmhoi.deployment.model_description import describe_model
from mmhoi.deployment.preprocessing import make_inputs


@pytest.mark.parametrize('shapes', [[(160, 192)], [(200, 90), (61, 130)]])
def test_equal_to_the_pipeline(inferencer, shapes):
    """Images and views are those of the test pipeline, where values of a
    resized image may differ by one level, of noise magnified by two."""
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (*s, 3), np.uint8) for s in shapes]
    cfg = describe_model(inferencer).preprocessing
    found = make_inputs(
        [Image.fromarray(image[..., ::-1]) for image in images], cfg)
    data = inferencer.preprocess(images, ['a.jpg'] * len(images))
    wanted = inferencer.model.data_preprocessor(data)['inputs']
    _assert_near(found['img'], wanted['img'].numpy(), 1 / 55)
    assert ('clip_img' in found) == (cfg.clip_size is not None)
    if 'clip_img' in found:
        _assert_near(found['clip_img'], wanted['clip_img'].numpy(), 2 / 65)
    is_zero = (found['img'] == 0).all(1)
    np.testing.assert_array_equal(found['padding_mask'], is_zero)


def _assert_near(found, wanted, largest):
    """Almost all values equal and none further apart than `largest`."""
    difference = np.abs(found - wanted)
    assert difference.max() <= largest and (difference > 1e-6).mean() < 0.02
