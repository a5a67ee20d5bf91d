# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from PIL import Image

from mmhoi.deployment.onnx_export import describe_model
from mmhoi.deployment.preprocessing import make_inputs


@pytest.mark.parametrize('shapes', [[(160, 192)], [(200, 90), (61, 130)]])
def test_equal_to_the_pipeline(inferencer, shapes):
    """Images and views are those of the test pipeline, to the bit."""
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (*s, 3), np.uint8) for s in shapes]
    cfg = describe_model(inferencer).preprocessing
    found = make_inputs(
        [Image.fromarray(image[..., ::-1]) for image in images], cfg)
    data = inferencer.preprocess(images, ['a.jpg'] * len(images))
    wanted = inferencer.model.data_preprocessor(data)['inputs']
    np.testing.assert_array_equal(found['img'], wanted['img'].numpy())
    assert ('clip_img' in found) == (cfg.clip_size is not None)
    if 'clip_img' in found:
        np.testing.assert_allclose(
            found['clip_img'], wanted['clip_img'].numpy(), atol=1e-6)
    is_zero = (found['img'] == 0).all(1)
    np.testing.assert_array_equal(found['padding_mask'], is_zero)
