# Copyright (c) mmhoi contributors.
from pathlib import Path

import numpy as np
import pytest

from mmhoi.structures import PairArrays, PairPredictions

SLICE = Path(__file__).parents[1] / 'data' / 'hico_official_slice.npz'


@pytest.fixture
def make_predictions():
    """Function that makes random predictions with 0-based boxes."""

    def make(counts=(3, 0, 5), dtype=np.float32, sizes=True):
        """Make predictions.

        Args:
            counts (tuple): Number of predictions of each image.
            dtype (type): Type of boxes and scores.
            sizes (bool): Whether to give image sizes.
        """
        rng = np.random.RandomState(0)
        num = sum(counts)

        def bboxes():
            start = rng.randint(0, 800, (num, 2)) / 8
            return np.hstack(
                (start, start + rng.randint(0, 800,
                                            (num, 2)) / 8)).astype(dtype)

        pairs = PairArrays(
            np.arange(len(counts)).repeat(counts), rng.randint(0, 600, num),
            bboxes(), bboxes(),
            rng.permutation(num).astype(dtype) / (num + 1))
        return PairPredictions(
            np.array([9, 4, 17, 2, 3])[:len(counts)], pairs,
            np.arange(250, 250 +
                      2 * len(counts)).reshape(-1, 2) if sizes else None)

    return make


@pytest.fixture(scope='session')
def hico_slice():
    """The classes of HICO-DET for which official results are stored."""
    return dict(np.load(SLICE))


@pytest.fixture(scope='session')
def hico_file(hico_slice, tmp_path_factory):
    """Their annotation (1-based) and predictions (0-based) in one .npz."""
    path = tmp_path_factory.mktemp('hico') / 'both.npz'
    np.savez(
        path,
        image_id=hico_slice['image_id'],
        **{
            f'gt_{name}': hico_slice[f'gt_{key}']
            for name, key in (('image', 'image'), ('hoi', 'hoi'),
                              ('human', 'sub'), ('object', 'obj'))
        },
        det_image=hico_slice['det_image'],
        det_hoi=hico_slice['det_hoi'],
        det_human=hico_slice['det_sub_x8'] / 8,
        det_object=hico_slice['det_obj_x8'] / 8,
        det_score=hico_slice['det_score'])
    return path
