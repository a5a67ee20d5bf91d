# Copyright (c) mmhoi contributors.
import numpy as np
import pytest


@pytest.mark.parametrize('ids, missing, unknown', [
    ([9, 4, 17], 0, 0),
    ([17, 9, 4], 0, 0),
    ([4, 100, 9, 1], 2, 1),
    ([100, 0], 2, 3),
    ([17], 0, 2),
])
@pytest.mark.parametrize('sizes', [False, True])
def test_align(make_predictions, ids, missing, unknown, sizes):
    given = make_predictions((3, 0, 5), sizes=sizes)
    aligned, *counts = given.align(np.array(ids))
    assert counts == [missing, unknown]
    assert aligned.image_ids.tolist() == ids
    kept = np.isin(given.image_ids[given.pairs.images], ids)
    np.testing.assert_array_equal(aligned.image_ids[aligned.pairs.images],
                                  given.image_ids[given.pairs.images[kept]])
    np.testing.assert_array_equal(aligned.pairs.scores,
                                  given.pairs.scores[kept])
    # A size is known for all images or for none.
    assert (aligned.image_sizes is not None) == (sizes and missing == 0)
    if aligned.image_sizes is not None:
        for image_id, size in zip(ids, aligned.image_sizes):
            row = given.image_ids.tolist().index(image_id)
            np.testing.assert_array_equal(size, given.image_sizes[row])


def test_place(make_predictions):
    given = make_predictions((3, 0, 5))
    assert given.place(2) == 'image 9, prediction 2'
    assert given.place(3) == 'image 17, prediction 0'
