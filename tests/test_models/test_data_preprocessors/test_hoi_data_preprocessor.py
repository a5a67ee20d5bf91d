# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.dataset import pseudo_collate
from mmengine.structures import InstanceData
from PIL import Image

from mmhoi.datasets.transforms import CLIPView
from mmhoi.models.data_preprocessors import HOIDataPreprocessor
from mmhoi.structures import HOIDataSample

MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]


def make_item(height, width, view=16):
    torch.manual_seed(height)
    sample = HOIDataSample(metainfo=dict(img_shape=(height, width)))
    sample.gt_instances = InstanceData(
        bboxes=HorizontalBoxes(torch.rand(2, 4)))
    img = torch.randint(0, 256, (3, height, width), dtype=torch.uint8)
    clip_img = torch.randint(0, 256, (3, view, view), dtype=torch.uint8)
    return dict(inputs=dict(img=img, clip_img=clip_img), data_samples=sample)


@pytest.fixture
def preprocessor():
    return HOIDataPreprocessor(mean=MEAN, std=STD, bgr_to_rgb=True)


@pytest.mark.parametrize('training', [False, True])
def test_images_are_normalised_then_padded_with_zero(preprocessor, training):
    items = [make_item(20, 30), make_item(25, 18)]
    batch = preprocessor(pseudo_collate(items), training)
    assert batch['inputs']['img'].shape == (2, 3, 25, 30)
    mean, std = torch.tensor(MEAN), torch.tensor(STD)
    for item, img in zip(items, batch['inputs']['img']):
        source = item['inputs']['img']
        _, height, width = source.shape
        expected = (source.flip(0).float() -
                    mean[:, None, None]) / std[:, None, None]
        torch.testing.assert_close(img[:, :height, :width], expected)
        assert (img[:, height:] == 0).all()
        assert (img[:, :, width:] == 0).all()


def test_samples_get_shapes_and_plain_boxes(preprocessor):
    items = [make_item(20, 30), make_item(25, 18)]
    samples = preprocessor(pseudo_collate(items))['data_samples']
    for sample, item in zip(samples, items):
        assert sample.batch_input_shape == (25, 30)
        assert sample.pad_shape == tuple(item['inputs']['img'].shape[1:])
        assert isinstance(sample.gt_instances.bboxes, torch.Tensor)


def test_views_equal_clips_own_preprocessing(preprocessor):
    from open_clip import image_transform
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, (50, 60, 3), np.uint8)
    expected = image_transform(32, is_train=False)(Image.fromarray(rgb))
    view = CLIPView(32)(dict(img=rgb[..., ::-1]))['clip_img']
    item = make_item(20, 30)
    item['inputs']['clip_img'] = torch.from_numpy(view).permute(2, 0, 1)
    out = preprocessor(pseudo_collate([item, item]))['inputs']['clip_img']
    assert out.shape == (2, 3, 32, 32)
    # One level of 255, divided by the standard deviation.
    torch.testing.assert_close(out[1], expected, rtol=0, atol=0.0151)
    assert (out[1] != expected).float().mean() < 0.02


def test_own_mean_and_std():
    preprocessor = HOIDataPreprocessor(
        clip_mean=(0.25, 0.5, 0.75), clip_std=(1, 2, 4))
    item = make_item(8, 8)
    item['inputs']['clip_img'] = torch.full((3, 4, 4), 255).byte()
    out = preprocessor(pseudo_collate([item]))['inputs']['clip_img']
    assert out[0, :, 0, 0].tolist() == [0.75, 0.25, 0.0625]


def test_without_views_and_samples(preprocessor):
    item = make_item(20, 30)
    batch = preprocessor(dict(inputs=dict(img=[item['inputs']['img']])))
    assert list(batch['inputs']) == ['img']
    assert batch['data_samples'] is None


def test_inputs_are_not_changed(preprocessor):
    data = pseudo_collate([make_item(20, 30)])
    before = data['inputs']['clip_img'][0].clone()
    preprocessor(data)
    assert data['inputs']['clip_img'][0].dtype == torch.uint8
    assert (data['inputs']['clip_img'][0] == before).all()
    assert isinstance(data['inputs']['img'], list)


def test_no_parameters_and_no_state(preprocessor):
    # Checkpoints must not depend on the preprocessing.
    assert not preprocessor.state_dict()
    assert not list(preprocessor.parameters())
