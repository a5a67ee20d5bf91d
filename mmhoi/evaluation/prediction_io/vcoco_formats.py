# Copyright (c) mmhoi contributors.
"""The formats in which predictions on V-COCO are read and written."""
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional, Tuple, Union

import numpy as np

from mmhoi.label_spaces import load_label_space
from mmhoi.structures import PairPredictions, VCOCODetections
from mmhoi.utils.text_files import TextFileError, json_lines
from ..functional.vcoco_pairs import detections_from_pairs
from .format_lookup import find_format
from .hoi_dump import join_dump
from .json_file import read_json
from .json_lines import read_json_lines
from .npz_file import names_in_npz
from .pair_npz import read_npz
from .prediction_checks import check_pair_predictions
from .safe_pickle import safe_load
from .vcoco_json_lines import read_vcoco_json_lines, write_vcoco_json_lines
from .vcoco_npz import read_vcoco_npz, write_vcoco_npz
from .vcoco_persons import shift_boxes
from .vcoco_pickle import join_official, write_vcoco_pickle


@dataclass(frozen=True)
class VCOCOPredictions:
    """Predictions on V-COCO.

    Attributes:
        det (VCOCODetections): Detected persons with their roles.
        pairs (PairPredictions, optional): The pairs that they were made of,
            if the file holds pairs with HOI classes, with V-COCO's ids.
    """
    det: VCOCODetections
    pairs: Optional[PairPredictions] = None


def _read_pickle(path: Path) -> VCOCOPredictions:
    return _from_entries(safe_load(path), path)


def _read_json(path: Path) -> VCOCOPredictions:
    return _from_entries(read_json(path), path)


def _read_json_lines(path: Path) -> VCOCOPredictions:
    if _holds_pairs(path):
        return _from_pairs(read_json_lines(path), path)
    return VCOCOPredictions(read_vcoco_json_lines(path))


def _read_npz(path: Path) -> VCOCOPredictions:
    if 'det_hoi' in names_in_npz(path):
        return _from_pairs(read_npz(path), path)
    return VCOCOPredictions(read_vcoco_npz(path))


@dataclass(frozen=True)
class VCOCOFormat:
    """How to read and write one format.

    Attributes:
        endings (tuple[str]): Endings of its files.
        read (Callable): Function of the path.
        write (Callable, optional): Function of the path and the detections,
            None for what is only read.
    """
    endings: Tuple[str, ...]
    read: Callable[[Path], VCOCOPredictions]
    write: Optional[Callable[[Path, VCOCODetections], None]] = None


VCOCO_FORMATS = {
    'pkl': VCOCOFormat(('.pkl', '.pickle'), _read_pickle, write_vcoco_pickle),
    'json': VCOCOFormat(('.json', ), _read_json),
    'jsonl': VCOCOFormat(('.jsonl', ), _read_json_lines,
                         write_vcoco_json_lines),
    'npz': VCOCOFormat(('.npz', ), _read_npz, write_vcoco_npz),
}


def read_vcoco_predictions(path: Union[str, Path],
                           format: Optional[str] = None,
                           origin: int = 0) -> VCOCOPredictions:
    """Read and check predictions on V-COCO.

    A pickle may be one for the official program or a dump of
    `tools/test.py --out`; JSON lines and .npz files may hold persons or
    pairs. What is in the file tells which.

    Args:
        path (str or Path): The file.
        format (str, optional): A key of `VCOCO_FORMATS`. Defaults to None: it
            is guessed from the ending.
        origin (int): Number of the first pixel column and row in the file, 0
            or 1. Defaults to 0.

    Returns:
        VCOCOPredictions: Predictions with 0-based inclusive boxes.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the format is unknown or the file is malformed.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist or is no file')
    found = VCOCO_FORMATS[find_vcoco_format(path, format)].read(path)
    if origin == 0:
        return found
    pairs = None if found.pairs is None else found.pairs.shift(-origin)
    return VCOCOPredictions(shift_boxes(found.det, -origin), pairs)


def write_vcoco_predictions(path: Union[str, Path],
                            det: VCOCODetections,
                            format: Optional[str] = None) -> None:
    """Write predictions on V-COCO.

    Args:
        path (str or Path): File that ends in `.pkl` (for the official
            program), `.jsonl` or `.npz`.
        det (VCOCODetections): M detected persons.
        format (str, optional): A key of `VCOCO_FORMATS`. Defaults to None: it
            is guessed from the ending.

    Raises:
        ValueError: If the format is unknown or only read.
    """
    path = Path(path)
    name = find_vcoco_format(path, format)
    write = VCOCO_FORMATS[name].write
    if write is None:
        names = (key for key, value in VCOCO_FORMATS.items() if value.write)
        raise ValueError(f'V-COCO predictions are not written as {name} '
                         f'({path}); allowed: {", ".join(names)}')
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, det)


def find_vcoco_format(path: Union[str, Path],
                      name: Optional[str] = None) -> str:
    """Find the format of a file.

    Args:
        path (str or Path): The file; it need not exist.
        name (str, optional): Name of the format. Defaults to None: it is
            guessed from the ending.

    Returns:
        str: A key of `VCOCO_FORMATS`.

    Raises:
        ValueError: If the name or the ending is unknown.

    Examples:
        >>> find_vcoco_format('detections.pkl')
        'pkl'
    """
    return find_format(path, VCOCO_FORMATS, name)


def _from_entries(entries: Any, path: Path) -> VCOCOPredictions:
    """Predictions from a list, whichever layout its entries have."""
    if isinstance(entries, list) and any(
            isinstance(entry, dict) and 'pred_hoi_instances' in entry
            for entry in entries[:1]):
        return _from_pairs(join_dump(entries, path), path)
    return VCOCOPredictions(join_official(entries, path))


def _from_pairs(predictions: PairPredictions, path: Path) -> VCOCOPredictions:
    """Check pairs and turn them into persons."""
    check_pair_predictions(predictions, path, load_label_space('vcoco').hois)
    _check_top_obj_labels(predictions, path)
    pairs = predictions.pairs
    ids = predictions.image_ids[pairs.images]
    return VCOCOPredictions(
        detections_from_pairs(pairs._replace(images=ids)), predictions)


def _check_top_obj_labels(predictions: PairPredictions, path: Path) -> None:
    """Refuse unknown object classes."""
    tops = predictions.top_obj_labels
    no_object = len(load_label_space('vcoco').objects)
    outside = [] if tops is None else np.flatnonzero((tops < 0)
                                                     | (tops > no_object))
    if len(outside):
        row = outside[0]
        raise ValueError(
            f'{path}: {predictions.place(row)}: {tops[row]} in top_obj_labels '
            f'({len(outside)} such predictions); object classes are '
            f'0..{no_object - 1} in the order of COCO, {no_object} is no '
            'object')


def _holds_pairs(path: Path) -> bool:
    """Whether the first line is about pairs, not persons."""
    try:
        _, line = next(json_lines(path), (0, None))
    except TextFileError:
        return False
    return isinstance(line, dict) and 'labels' in line
