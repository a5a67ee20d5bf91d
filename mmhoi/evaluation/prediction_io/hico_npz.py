# Copyright (c) mmhoi contributors.
"""Predictions and annotations of HICO-DET as flat arrays in an .npz file.

The rows `*_image` count the entries of `image_id`, HOI ids are 0-based.
"""
from pathlib import Path
from typing import Dict, Optional, Sequence, Tuple

import numpy as np

from mmhoi.structures import PairArrays, PairPredictions
from .image_records import float_array, integer_array, numeric_array
from .memory_limit import memory_limit

PAIR_FIELDS = ('image', 'hoi', 'human', 'object')


def read_npz(path: Path) -> PairPredictions:
    """Read predictions.

    Args:
        path (Path): File with `image_id`, `det_image`, `det_hoi`,
            `det_human`, `det_object`, `det_score` and optionally `image_wh`.

    Returns:
        PairPredictions: Predictions in the order of the file.

    Raises:
        ValueError: If an array is missing or has a wrong shape or type.
    """
    names = [
        'image_id', *(f'det_{field}' for field in PAIR_FIELDS), 'det_score'
    ]
    arrays = load_arrays(path, names, optional=['image_wh'])
    image_ids, sizes = npz_images(arrays, path)
    pairs = npz_pairs(arrays, 'det', len(image_ids), path)
    scores = arrays['det_score']
    if scores.shape != pairs.images.shape:
        raise ValueError(f'{path}: det_score has shape {scores.shape}, but '
                         f'det_image {pairs.images.shape}')
    return PairPredictions(image_ids,
                           pairs._replace(scores=float_array(scores)), sizes)


def write_npz(path: Path, predictions: PairPredictions) -> None:
    """Write predictions.

    Args:
        path (Path): The file.
        predictions (PairPredictions): Predictions of all images.
    """
    pairs, sizes = predictions.pairs, predictions.image_sizes
    with path.open('wb') as file:
        np.savez_compressed(
            file,
            image_id=predictions.image_ids,
            det_image=pairs.images.astype(np.int32),
            det_hoi=pairs.labels.astype(np.int16),
            det_human=pairs.sub_bboxes,
            det_object=pairs.obj_bboxes,
            det_score=pairs.scores,
            **({} if sizes is None else dict(image_wh=sizes)))


def load_arrays(path: Path, names: Sequence[str],
                optional: Sequence[str]) -> Dict[str, np.ndarray]:
    """Load arrays of numbers from an .npz file; nothing is unpickled.

    Args:
        path (Path): The file.
        names (Sequence[str]): Arrays that it must have.
        optional (Sequence[str]): Arrays that it may have.

    Returns:
        dict[str, np.ndarray]: Those that it has, of integers or floats.

    Raises:
        ValueError: If the file is no .npz file or lacks an array.
    """
    size = path.stat().st_size
    try:
        with memory_limit(size):
            arrays = _load_npz(path, (*names, *optional))
    # Malformed bytes make zipfile, zlib and NumPy raise nearly anything.
    except Exception as error:
        raise ValueError(
            f'{path} is not a complete .npz file of plain arrays '
            f'({type(error).__name__}: {error}); write it again with '
            'np.savez') from error
    missing = [name for name in names if name not in arrays]
    if missing:
        raise ValueError(f'{path} lacks the arrays {", ".join(missing)}; '
                         f'needed are {", ".join(names)}')
    return {
        name: numeric_array(array, f'{path}: {name}')
        for name, array in arrays.items()
    }


def _load_npz(path: Path, names: Sequence[str]) -> Dict[str, np.ndarray]:
    """Those of the arrays that the file has."""
    # NumPy leaves a file open that it opened itself and found damaged.
    with path.open('rb') as file:
        loaded = np.load(file, allow_pickle=False)
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            raise ValueError('it holds one array, not several')
        return {name: loaded[name] for name in names if name in loaded}


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
