# Copyright (c) mmhoi contributors.
"""HICO-DET's test images and the ones that count for each object."""
from functools import lru_cache

import numpy as np

from mmhoi.utils.text_files import read_json
from .label_space import METAINFO_DIR


@lru_cache(maxsize=None)
def _known_object_table() -> dict:
    return read_json(METAINFO_DIR / 'hico_det_known_object.json')


def hico_det_test_image_ids() -> np.ndarray:
    """Numbers in the file names of HICO-DET's 9,658 test images.

    Returns:
        np.ndarray: Ascending, as in the official list, shape (9658, ).

    Examples:
        >>> ids = hico_det_test_image_ids()
        >>> len(ids), int(ids[0]), int(ids[-1])
        (9658, 1, 9767)
    """
    table = _known_object_table()
    return np.setdiff1d(
        np.arange(1, table['last_image_id'] + 1), table['missing_image_ids'])


def known_object_images(image_ids: np.ndarray) -> np.ndarray:
    """Test images in which each object counts in the Known-Object setting.

    These are the images that HICO's image-level labels (`anno_test` of
    anno.mat) mark as positive for any HOI of the object. 118 of the 9,827
    entries have no annotated box, so that they cannot be had from boxes.

    Args:
        image_ids (np.ndarray): Number in the file name of each image, in any
            order, shape (B, ).

    Returns:
        np.ndarray: Whether an image counts for an object, objects in the
        order of COCO, bool, shape (80, B).

    Raises:
        ValueError: If a number is not that of a test image of HICO-DET.

    Examples:
        >>> images = known_object_images(np.array([2, 1]))
        >>> [np.flatnonzero(image).tolist() for image in images.T]
        [[17], [13]]
    """
    image_ids = np.asarray(image_ids)
    is_unknown = ~np.isin(image_ids, hico_det_test_image_ids())
    if is_unknown.any():
        raise ValueError(
            f'image id {image_ids[is_unknown][0]} (row '
            f'{np.flatnonzero(is_unknown)[0]}, {is_unknown.sum()} in all) is '
            'not the number of a test image of HICO-DET; the Known-Object '
            'setting exists for HICO_test2015_*.jpg only, leave it out for '
            'other images')
    return np.stack([
        np.isin(image_ids, ids)
        for ids in _known_object_table()['image_ids'].values()
    ])
