# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.annotations.detection_files.detection_table import (Detections,
                                                               DetectionTable)
from mmhoi.annotations.detection_files.image_index import ImageIndex


def table_of(*keys):
    return DetectionTable(keys, np.zeros(len(keys) + 1, int),
                          Detections.none())


@pytest.mark.parametrize('keys, path, img_id, expected', [
    (['a.jpg', 'b.jpg'], '/data/b.jpg', None, 1),
    (['/old/place/a.jpg'], 'new/a.jpg', None, 0),
    (['a'], 'x/a.jpg', None, 0),
    (['a.b'], 'x/a.b.png', None, 0),
    (['a.b'], 'x/a.jpg', None, None),
    (['a.jpg'], 'a.png', None, 0),
    (['a.jpg', 'a.png'], 'x/a.png', None, 1),
    (['p/a.jpg', 'q/a.jpg'], 'x/q/a.png', None, 1),
    ([12, 7], 'HICO_test2015_00000007.jpg', None, 1),
    ([12, 7], 'HICO_test2015_00000007.jpg', 12, 0),
    ([7], 'seven.jpg', None, None),
    (['7'], '0007.jpg', None, None),
])
def test_find(keys, path, img_id, expected):
    assert ImageIndex(keys).find(path, img_id) == expected


def test_ambiguous_images():
    with pytest.raises(ValueError, match='several images are called like'):
        ImageIndex(['p/a.jpg', 'q/a.jpg']).find('r/a.jpg')
    with pytest.raises(ValueError, match='"a.jpg" is named twice|named twice'):
        ImageIndex(['a.jpg', 'a.jpg'])


def test_images_that_are_missing_are_counted():
    table = table_of('a.jpg', 'b.jpg')
    table.check_images([('x/a.jpg', None), ('x/a.jpg', None)], 'FILE')
    with pytest.warns(UserWarning, match='FILE: 2 of 3 images have no boxes'):
        table.check_images([(f'{x}.jpg', None) for x in 'acd'], 'FILE')


def test_other_images():
    with pytest.raises(ValueError, match="FILE: none of its 1 .*'a.jpg'"):
        table_of('a.jpg').check_images([('c.jpg', None)], 'FILE')
    with pytest.raises(ValueError, match='may be "p/a.jpg" or "q/a.jpg"'):
        table_of('a.jpg').check_images([('p/a.jpg', None), ('q/a.jpg', None)],
                                       'FILE')
