# Copyright (c) mmhoi contributors.
"""The transforms in a row, as the data set configs put them."""
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import DATASETS
from PIL import Image

CONFIGS = Path(__file__).parents[3] / 'configs/_base_/datasets'
# Colour of each box in the image, RGB.
COLOURS = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
BOXES = [[10, 10, 70, 150], [80, 20, 120, 70], [130, 60, 185, 150]]
CATEGORIES = [1, 4, 1]


@pytest.fixture
def scene(write_data, make_record):
    """Data set arguments of one image with three coloured boxes."""
    record = make_record(
        boxes=list(zip(BOXES, CATEGORIES)), hois=[(0, 1, 77), (2, 1, 73)])
    data = write_data([record])
    img = np.full((160, 192, 3), 128, np.uint8)
    for (x1, y1, x2, y2), colour in zip(BOXES, COLOURS):
        img[y1:y2, x1:x2] = colour
    path = Path(data['data_root'], 'images', record['file_name'])
    Image.fromarray(img).save(path, format='PNG')
    return data


def load_config(name):
    return Config.fromfile(CONFIGS / f'{name}.py')


def build(config, loader, data, skip=()):
    cfg = config[loader].dataset
    cfg.update(data)
    cfg.pipeline = [t for t in cfg.pipeline if t['type'] not in skip]
    return DATASETS.build(cfg)


def colours_in(img, boxes):
    """RGB colour in the middle of each box of a BGR tensor (3, H, W)."""
    middles = ((boxes[:, :2] + boxes[:, 2:]) / 2).long()
    return [img.flip(0)[:, y, x].tolist() for x, y in middles.tolist()]


@pytest.mark.parametrize('name', ['hico_det', 'synhico'])
def test_augmentation_moves_boxes_and_pairs_with_the_pixels(scene, name):
    np.random.seed(0)
    dataset = build(
        load_config(name), 'train_dataloader', scene, skip=['ColorJitter'])
    sizes, numbers, flips = set(), set(), set()
    for _ in range(60):
        packed = dataset[0]
        img, sample = packed['inputs']['img'], packed['data_samples']
        pairs = sample.gt_hoi_instances
        boxes = torch.cat([pairs.sub_bboxes, pairs.obj_bboxes])
        big = (boxes[:, 2:] - boxes[:, :2]).min(dim=1).values > 8
        # Ride is of box 0, race of box 2; both are of box 1.
        ride = pairs.verb_labels[:, 76] == 1
        owners = [0 if r else 2 for r in ride] + [1] * len(pairs)
        for colour, owner, is_big in zip(colours_in(img, boxes), owners, big):
            expected = COLOURS[owner]
            # A box cut down to a sliver has no clean middle.
            assert not is_big or np.allclose(colour, expected, atol=12)
        assert (pairs.obj_labels == 3).all()
        assert (boxes >= 0).all()
        assert (boxes[:, 0::2] <= img.shape[2]).all()
        assert (boxes[:, 1::2] <= img.shape[1]).all()
        assert sample.img_shape == tuple(img.shape[1:])
        sizes.add(sample.img_shape)
        numbers.add(len(pairs))
        flips.add(sample.flip)
    assert flips == {False, True}
    if name == 'synhico':
        assert sizes == {(160, 192)}
    else:
        # Crops lose a pair now and then.
        assert len(sizes) > 9 and 2 in numbers and min(numbers) < 2


def test_training_sizes_are_those_of_detr(scene):
    np.random.seed(0)
    dataset = build(load_config('hico_det'), 'train_dataloader', scene)
    for _ in range(20):
        height, width = dataset[0]['data_samples'].img_shape
        assert max(height, width) <= 1333
        assert min(height, width) in range(480, 801, 32) or \
            max(height, width) >= 1332


@pytest.mark.parametrize('name, shape', [('hico_det', (800, 960)),
                                         ('synhico', (160, 192))])
def test_testing_keeps_original_annotations(scene, name, shape):
    dataset = build(load_config(name), 'val_dataloader', scene)
    sample = dataset[0]['data_samples']
    assert sample.img_shape == shape
    assert sample.ori_shape == (160, 192)
    assert sample.scale_factor == (shape[1] / 192, shape[0] / 160)
    # Test files count pixels from 1.
    boxes = torch.tensor(BOXES).float() - 1
    assert sample.gt_instances.bboxes.tensor.tolist() == boxes.tolist()
    pairs = sample.gt_hoi_instances
    assert pairs.sub_bboxes.tolist() == boxes[[0, 2]].tolist()
    assert pairs.obj_bboxes.tolist() == boxes[[1, 1]].tolist()


@pytest.mark.parametrize('name, size', [('hico_det', 224), ('synhico', 96)])
def test_clip_sees_the_augmented_image(scene, name, size):
    dataset = build(load_config(name), 'train_dataloader', scene)
    steps = [t['type'] for t in load_config(name).train_pipeline]
    assert steps[-2:] == ['CLIPView', 'PackHOIInputs']
    np.random.seed(0)
    torch.manual_seed(0)
    inputs = dataset[0]['inputs']
    assert inputs['clip_img'].shape == (3, size, size)
    view = Compose([dict(type='CLIPView', size=size)])(
        dict(img=inputs['img'].permute(1, 2, 0).numpy()))['clip_img']
    assert (inputs['clip_img'].permute(1, 2, 0).numpy() == view).all()


def test_crop_without_any_box_gives_empty_targets(scene):
    config = load_config('synhico')
    config.train_dataloader.dataset.pipeline = [
        dict(type='LoadHOIImage'),
        dict(type='LoadHOIAnnotations'),
        dict(
            type='mmdet.RandomCrop',
            crop_size=(8, 8),
            allow_negative_crop=True),
        dict(type='PackHOIInputs')
    ]
    np.random.seed(2)
    dataset = build(config, 'train_dataloader', scene)
    samples = [dataset[0]['data_samples'] for _ in range(20)]
    empty = [s for s in samples if len(s.gt_instances.bboxes) == 0]
    assert empty
    assert empty[0].gt_hoi_instances.hoi_labels.shape == (0, 600)


def test_plain_detectors_can_train_on_it(scene):
    config = load_config('synhico')
    config.train_dataloader.dataset.pipeline[-2:] = [
        dict(type='mmdet.PackDetInputs')
    ]
    packed = build(config, 'train_dataloader', scene)[0]
    assert packed['inputs'].shape == (3, 160, 192)
    instances = packed['data_samples'].gt_instances
    assert len(instances.bboxes) == len(instances.labels) > 0
    assert set(instances.labels.tolist()) <= {0, 3}


@pytest.mark.parametrize('name', ['hico_det', 'synhico'])
def test_transforms_describe_themselves(name):
    config = load_config(name)
    for pipeline in (config.train_pipeline, config.test_pipeline):
        text = repr(Compose(pipeline))
        assert 'object at 0x' not in text
