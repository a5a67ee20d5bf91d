# Copyright (c) mmhoi contributors.
"""Predictions image by image <-> arrays of all images."""
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping, Optional, Tuple

import numpy as np

from mmhoi.structures import PairArrays, PairPredictions
from mmhoi.utils.progress import tqdm

FIELDS = ('labels', 'scores', 'sub_bboxes', 'obj_bboxes')
TOP_OBJ_LABELS = 'top_obj_labels'
CLASSES = 'classes'
NOTHING = (np.zeros(0, np.int64), np.zeros(0), *np.zeros((2, 0, 4)))
LARGEST_ID = 2**53


def join_records(records: Iterable[Tuple[Any, Any, Any]],
                 path: Path) -> PairPredictions:
    """Join the predictions of all images.

    Args:
        records (Iterable[tuple]): (image id, size, predictions) of each
            image. The size is (width, height) or None; the predictions are a
            mapping with `labels` and `scores`, shape (K, ), and `sub_bboxes`
            and `obj_bboxes`, shape (K, 4), arrays or lists, and perhaps
            `top_obj_labels`, shape (K, ), and `classes`, see
            `PairPredictions`.
        path (Path): The file, for messages.

    Returns:
        PairPredictions: Predictions of all images, in their order. The image
        sizes are None unless each image has one, and so are the
        `top_obj_labels` unless each image with predictions has them.

    Raises:
        ValueError: If an entry lacks something or has a wrong shape or type.
    """
    image_ids, sizes, parts, tops, signs = [], [], [], [], set()
    for index, (image_id, size, record) in enumerate(
            tqdm(records, f'{path.name}', unit=' images', delay=1)):
        where = f'{path}: entry {index}'
        image_ids.append(_whole_number(image_id, where))
        where = f'{where}, image {image_id}'
        sizes.append(None if size is None else _size(size, where))
        parts.append(_image_arrays(record, where))
        tops.append(_top_obj_labels(record, len(parts[-1][0]), where))
        # What is no text cannot be the sign of any classes.
        sign = record.get(CLASSES)
        signs.add(sign if sign is None else str(sign))
    counts = [len(part[0]) for part in parts]
    if len(signs) > 1:
        raise ValueError(f'{path}: the images are not all of one model: '
                         f'{CLASSES} is {" and ".join(map(repr, signs))}')
    labels, scores, *bboxes = (
        np.concatenate(column) for column in zip(*(parts or [NOTHING])))
    return PairPredictions(
        np.array(image_ids, dtype=np.int64),
        PairArrays(
            np.arange(len(parts)).repeat(counts), labels, *bboxes, scores),
        None if None in sizes or not sizes else np.array(sizes, np.int64),
        None if any(top is None
                    for top in tops) or not tops else np.concatenate(tops),
        next(iter(signs), None))


def split_records(
    predictions: PairPredictions
) -> Iterator[Tuple[int, Any, Mapping[str, np.ndarray]]]:
    """The reverse of `join_records`, best score first in each image.

    Args:
        predictions (PairPredictions): Predictions of B images.

    Yields:
        tuple: (image id, size or None, predictions) of each image.
    """
    pairs = predictions.pairs
    order = np.lexsort((-pairs.scores, pairs.images))
    bounds = np.searchsorted(pairs.images[order],
                             np.arange(len(predictions.image_ids) + 1))
    sizes, tops = predictions.image_sizes, predictions.top_obj_labels
    for row, image_id in enumerate(predictions.image_ids.tolist()):
        rows = order[bounds[row]:bounds[row + 1]]
        record = {name: getattr(pairs, name)[rows] for name in FIELDS}
        if tops is not None:
            record[TOP_OBJ_LABELS] = tops[rows]
        if predictions.classes is not None:
            record[CLASSES] = predictions.classes
        yield image_id, None if sizes is None else sizes[row].tolist(), record


def _image_arrays(record: Any, where: str) -> Tuple[np.ndarray, ...]:
    """labels, scores, sub_bboxes, obj_bboxes of an image, checked."""
    if not isinstance(record, Mapping):
        raise ValueError(f'{where}: the predictions must be a mapping with '
                         f'{", ".join(FIELDS)}, not {type(record).__name__}')
    missing = [name for name in FIELDS if name not in record]
    if missing:
        raise ValueError(f'{where} lacks {", ".join(missing)}; needed are '
                         f'{", ".join(FIELDS)}')
    labels, *floats = (
        numeric_array(record[name], f'{where}: {name}') for name in FIELDS)
    labels = integer_array(labels, f'{where}: labels')
    scores, *bboxes = map(float_array, floats)
    num = labels.shape[0] if labels.ndim == 1 else None
    if num == 0:
        bboxes = [
            boxes.reshape(-1, 4) if boxes.size == 0 else boxes
            for boxes in bboxes
        ]
    shapes = [array.shape for array in (scores, *bboxes)]
    if num is None or shapes != [(num, ), (num, 4), (num, 4)]:
        raise ValueError(
            f'{where}: labels, scores, sub_bboxes and obj_bboxes have shapes '
            f'{labels.shape}, {", ".join(map(str, shapes))}; they must be '
            '(K, ), (K, ), (K, 4) and (K, 4) for K predictions')
    return labels, scores, *bboxes


def _top_obj_labels(record: Mapping[str, Any], num: int,
                    where: str) -> Optional[np.ndarray]:
    """Predicted object classes, (K, ); None if K > 0 and there are none."""
    values = record.get(TOP_OBJ_LABELS)
    if values is None:
        return None if num else np.zeros(0, np.int64)
    where = f'{where}: {TOP_OBJ_LABELS}'
    labels = integer_array(numeric_array(values, where), where)
    if labels.shape != (num, ):
        raise ValueError(f'{where} has shape {labels.shape}; it must be '
                         f'({num}, ) as labels')
    return labels


def numeric_array(values: Any, where: str) -> np.ndarray:
    """Make an array of numbers.

    Args:
        values (Any): Array or nested list of integers or floats.
        where (str): File, image and field, for the message.

    Returns:
        np.ndarray: Of an integer or float type; no number makes floats.

    Raises:
        ValueError: If it is ragged or holds anything but numbers.
    """
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f'{where} cannot be an array ({error}); its rows must be equally '
            'long lists of numbers') from error
    if array.dtype.kind not in 'iuf':
        raise ValueError(
            f'{where} has dtype {array.dtype}; only integers and floats can '
            'be evaluated')
    return array


def integer_array(values: np.ndarray, where: str) -> np.ndarray:
    """Make an array of integers.

    Args:
        values (np.ndarray): Numbers. Floats are refused unless empty.
        where (str): File, image and field, for the message.

    Returns:
        np.ndarray: int64.

    Raises:
        ValueError: If it holds floats.
    """
    if values.dtype.kind == 'f' and values.size:
        raise ValueError(f'{where} has dtype {values.dtype}; ids must be '
                         'integers')
    return values.astype(np.int64)


def float_array(values: np.ndarray) -> np.ndarray:
    """Make an array of floats that hold all given numbers.

    Unsigned boxes or scores would wrap around where they are shifted or
    negated.

    Args:
        values (np.ndarray): Integers or floats.

    Returns:
        np.ndarray: float32 or float64.

    Examples:
        >>> float_array(np.array([0, 5], np.uint16)) - 1
        array([-1.,  4.], dtype=float32)
    """
    return values.astype(
        np.promote_types(values.dtype, np.float32), copy=False)


def _whole_number(value: Any, where: str) -> int:
    """An image id, refused if it is not a whole number."""
    is_number = isinstance(value,
                           (int, np.integer)) and not isinstance(value, bool)
    if not is_number or not 0 <= value < LARGEST_ID:
        raise ValueError(
            f'{where}: image id {value!r} is not a whole number; use the '
            'number in the file name, 17 for HICO_test2015_00000017.jpg')
    return int(value)


def _size(size: Any, where: str) -> Tuple[int, int]:
    """(width, height), refused if they are not positive numbers."""
    array = numeric_array(size, f'{where}: image size')
    if array.shape != (2, ) or not (1 <= array.min() <= array.max() < 2**31):
        raise ValueError(f'{where}: image size {size!r} must be two positive '
                         'numbers of pixels')
    return int(array[0]), int(array[1])
