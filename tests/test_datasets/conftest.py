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
