# Copyright (c) mmhoi contributors.
"""Pairs, predicted or annotated, as flat arrays in an .npz file.

The rows `*_image` count the entries of `image_id`, HOI ids are 0-based.
"""
from pathlib import Path
from typing import Dict, Optional, Tuple

import numpy as np

from mmhoi.structures import PairArrays, PairPredictions
from mmhoi.utils.whole_file import write_whole
from .image_records import float_array, integer_array
from .npz_file import load_arrays

PAIR_FIELDS = ('image', 'hoi', 'human', 'object')
TOP_OBJECT = 'det_top_object'
#: Bytes of `PairPredictions.classes`: arrays of numbers only are read.
CLASSES = 'classes'


def read_npz(path: Path) -> PairPredictions:
    """Read predictions.

    Args:
        path (Path): File with `image_id`, `det_image`, `det_hoi`,
            `det_human`, `det_object`, `det_score` and optionally `image_wh`
            and `det_top_object`, the object class that the model predicts for
            the boxes.

    Returns:
        PairPredictions: Predictions in the order of the file.

    Raises:
        ValueError: If an array is missing or has a wrong shape or type.
    """
    names = [
        'image_id', *(f'det_{field}' for field in PAIR_FIELDS), 'det_score'
    ]
    arrays = load_arrays(
        path, names, optional=['image_wh', TOP_OBJECT, CLASSES])
    image_ids, sizes = npz_images(arrays, path)
    pairs = npz_pairs(arrays, 'det', len(image_ids), path)
    for name in ('det_score', TOP_OBJECT):
        if name in arrays and arrays[name].shape != pairs.images.shape:
            raise ValueError(f'{path}: {name} has shape {arrays[name].shape}, '
                             f'but det_image {pairs.images.shape}')
    tops, sign = arrays.get(TOP_OBJECT), arrays.get(CLASSES)
    return PairPredictions(
        image_ids, pairs._replace(scores=float_array(arrays['det_score'])),
        sizes,
        None if tops is None else integer_array(tops, f'{path}: {TOP_OBJECT}'),
        None if sign is None else bytes(sign.astype(np.uint8)).hex())


def write_npz(path: Path, predictions: PairPredictions) -> None:
    """Write predictions.

    Args:
        path (Path): The file.
        predictions (PairPredictions): Predictions of all images.
    """
    pairs = predictions.pairs
    sign = predictions.classes
    optional = {
        CLASSES: sign and np.frombuffer(bytes.fromhex(sign), np.uint8),
        'image_wh': predictions.image_sizes,
        TOP_OBJECT: predictions.top_obj_labels
    }
    with write_whole(path) as draft, draft.open('wb') as file:
        np.savez_compressed(
            file,
            image_id=predictions.image_ids,
            det_image=pairs.images.astype(np.int32),
            det_hoi=pairs.labels.astype(np.int16),
            det_human=pairs.sub_bboxes,
            det_object=pairs.obj_bboxes,
            det_score=pairs.scores,
            **{
                name: array
                for name, array in optional.items() if array is not None
            })


def npz_pairs(arrays: Dict[str, np.ndarray], prefix: str, num_images: int,
              path: Path) -> PairArrays:
    """Pairs without scores from the arrays of an .npz file.

    Args:
        arrays (dict): `<prefix>_image`, `_hoi`, `_human` and `_object`.
        prefix (str): `det` or `gt`.
        num_images (int): Number of images B.
        path (Path): The file, for messages.

    Returns:
        PairArrays: The pairs.

    Raises:
        ValueError: If an array has a wrong shape or type or an image row is
            not one of 0..B-1.
    """
    images, labels, *bboxes = (
        arrays[f'{prefix}_{field}'] for field in PAIR_FIELDS)
    images = integer_array(images, f'{path}: {prefix}_image')
    labels = integer_array(labels, f'{path}: {prefix}_hoi')
    num = images.size
    shapes = [images.shape, labels.shape, *(boxes.shape for boxes in bboxes)]
    if shapes != [(num, ), (num, ), (num, 4), (num, 4)]:
        names = (f'{prefix}_{field} {shape}'
                 for field, shape in zip(PAIR_FIELDS, shapes))
        raise ValueError(f'{path}: the shapes do not fit: {", ".join(names)}; '
                         'they must be (M, ), (M, ), (M, 4) and (M, 4)')
    outside = np.flatnonzero((images < 0) | (images >= num_images))
    if len(outside):
        raise ValueError(
            f'{path}: {prefix}_image[{outside[0]}] is {images[outside[0]]}; '
            f'it must be a row of image_id, 0..{num_images - 1}, not the '
            'number of an image')
    return PairArrays(images, labels, *map(float_array, bboxes))


def npz_images(arrays: Dict[str, np.ndarray],
               path: Path) -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """Ids and, if given, sizes of the images of an .npz file.

    Args:
        arrays (dict): `image_id` and perhaps `image_wh`.
        path (Path): The file, for messages.

    Returns:
        tuple[np.ndarray, np.ndarray or None]: Ids, int64, shape (B, ), and
        (width, height), int64, shape (B, 2).

    Raises:
        ValueError: If an array has a wrong shape or type.
    """
    image_ids = integer_array(arrays['image_id'], f'{path}: image_id')
    sizes = arrays.get('image_wh')
    shape = (image_ids.size, 2)
    if image_ids.ndim != 1 or (sizes is not None and sizes.shape != shape):
        raise ValueError(
            f'{path}: image_id has shape {image_ids.shape}'
            f'{"" if sizes is None else f", image_wh {sizes.shape}"}; they '
            'must be (B, ) and (B, 2)')
    if sizes is not None:
        sizes = integer_array(sizes, f'{path}: image_wh')
    return image_ids, sizes
