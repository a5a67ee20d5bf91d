# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest
import torch
from PIL import Image

from mmhoi.datasets import HICODetDataset, PairRegions, VCOCODataset

SUB, OBJ = [10, 20, 50, 60], [30, 30, 90, 70]
RACE, RIDE = 152, 153
SIZE = 8


@pytest.fixture
def make_regions(tmp_path):

    def make(record, cls=HICODetDataset, **kwargs):
        rng = np.random.default_rng(0)
        img = rng.integers(0, 256, (80, 100, 3), dtype=np.uint8)
        Image.fromarray(img).save(tmp_path / 'a_1.png')
        record['file_name'] = 'a_1.png'
        (tmp_path / 'ann.json').write_text(json.dumps([record]))
        dataset = cls(
            ann_file='ann.json',
            data_root=str(tmp_path),
            data_prefix=dict(img_path=''),
            pipeline=[],
            **kwargs)
        return PairRegions(dataset, SIZE), img[..., ::-1]

    return make


def test_regions_of_a_pair_with_two_hois(make_regions, make_record):
    regions, img = make_regions(make_record())
    item = regions[0]
    assert item['regions'].shape == (3, 3, SIZE, SIZE)
    assert item['pairs'].tolist() == [0, 0]
    assert item['hois'].tolist() == [RACE, RIDE]
    assert item['objects'].tolist() == [3, 3]
    union = [10, 20, 90, 70]
    for view, (x1, y1, x2, y2) in zip(item['regions'], (SUB, OBJ, union)):
        crop = dict(img=np.ascontiguousarray(img[y1:y2, x1:x2]))
        expected = regions.view(crop)['clip_img']
        assert (view.permute(1, 2, 0).numpy() == expected).all()


def test_regions_are_at_least_a_pixel_of_the_image(make_regions, make_record):
    record = make_record(boxes=[([-5, -5, 0.1, 0.1],
                                 1), ([99.5, 79.5, 300, 300], 4)])
    regions, img = make_regions(record)
    first, second, _ = regions[0]['regions']
    for view, pixel in ((first, img[0, 0]), (second, img[79, 99])):
        assert (view.permute(1, 2, 0).numpy() == pixel).all()


def test_unseen_pairs_are_left_out(make_regions, make_record):
    split = 'uv'  # race is unseen, ride as well
    regions, _ = make_regions(make_record(), zero_shot_split=split)
    item = regions[0]
    assert len(item['regions']) == len(item['hois']) == 0


def test_no_object(make_regions, make_record):
    # V-COCO's verbs count from 0; 1 is stand, which has no object.
    record = make_record(boxes=[(SUB, 1)], hois=[(0, -1, 1)])
    regions, _ = make_regions(record, VCOCODataset)
    item = regions[0]
    sub, obj, union = item['regions']
    assert torch.equal(sub, obj) and torch.equal(sub, union)
    assert item['objects'].tolist() == [80]
