# Copyright (c) mmhoi contributors.
import re
from pathlib import Path

import numpy as np
import pytest

from mmhoi.label_spaces import (hico_det_test_image_ids, known_object_images,
                                load_label_space)

GOLDEN = Path(
    __file__).parents[3] / 'shared' / 'golden' / 'hico_official_seed0.npz'


def test_table():
    ids = hico_det_test_image_ids()
    assert len(ids) == 9658 and (np.diff(ids) > 0).all()
    images = known_object_images(ids)
    assert images.shape == (80, 9658) and images.dtype == bool
    assert images.sum() == 9827
    counts = dict(zip(load_label_space('hico_det').objects, images.sum(1)))
    assert [counts[k] for k in ('person', 'bicycle', 'stop_sign', 'cat')
            ] == [218, 458, 18, 74]


def test_order_and_subset():
    ids = hico_det_test_image_ids()
    rows = np.random.RandomState(0).permutation(len(ids))[:500]
    np.testing.assert_array_equal(
        known_object_images(ids[rows]),
        known_object_images(ids)[:, rows])
    assert known_object_images(np.zeros(0, int)).shape == (80, 0)


@pytest.mark.parametrize('bad', [0, 9768, -1, 504])
def test_other_images(bad):
    message = re.escape(f'image id {bad} (row 2, 1 in all) is not')
    with pytest.raises(ValueError, match=message):
        known_object_images(np.array([1, 2, bad]))


@pytest.mark.skipif(not GOLDEN.exists(), reason='needs the golden data')
def test_equals_image_level_labels():
    golden = np.load(GOLDEN)
    np.testing.assert_array_equal(
        known_object_images(golden['image_id']), golden['ko_image'])
