# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest
from mmengine.registry import init_default_scope
from PIL import Image

import mmhoi.datasets  # noqa: F401


@pytest.fixture(autouse=True)
def mmhoi_scope():
    """Let pipelines find the transforms by their plain names."""
    init_default_scope('mmhoi')


@pytest.fixture
def make_record():
    """Function that makes a HOIA entry, by default of a motorcycle race."""

    def make(number=1, boxes=None, hois=None):
        """Make an entry.

        Args:
            number (int): Number of the image.
            boxes (list, optional): (bbox, category_id) of each box.
            hois (list, optional): (subject_id, object_id, verb category_id)
                of each interaction.
        """
        if boxes is None:
            boxes = [([10, 20, 50, 60], 1), ([30, 30, 90, 70], 4)]
        if hois is None:
            # race and ride: HOIs 152 and 153.
            hois = [(0, 1, 73), (0, 1, 77)]
        return dict(
            file_name=f'HICO_train2015_{number:08d}.jpg',
            img_id=number,
            annotations=[
                dict(bbox=bbox, category_id=category)
                for bbox, category in boxes
            ],
            hoi_annotation=[
                dict(subject_id=sub, object_id=obj, category_id=verb)
                for sub, obj, verb in hois
            ])

    return make


@pytest.fixture
def write_data(tmp_path):
    """Function that writes records and their images as a data set."""

    def write(records, size=(100, 80)):
        folder = tmp_path / 'images'
        folder.mkdir(exist_ok=True)
        rng = np.random.default_rng(0)
        for record in records:
            pixels = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
            Image.fromarray(pixels).save(folder / record['file_name'])
        (tmp_path / 'ann.json').write_text(json.dumps(records))
        return dict(
            data_root=str(tmp_path),
            ann_file='ann.json',
            data_prefix=dict(img_path='images'))

    return write
