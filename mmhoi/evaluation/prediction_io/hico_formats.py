# Copyright (c) mmhoi contributors.
"""The formats in which predictions on HICO-DET are read and written."""
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Tuple, Union

import numpy as np

from mmhoi.label_spaces import load_label_space
from mmhoi.structures import PairPredictions
from .format_lookup import find_format
from .hico_npz import read_npz, write_npz
from .hoi_dump import (read_json_dump, read_pickle_dump, write_json_dump,
                       write_pickle_dump)
from .json_lines import read_json_lines, write_json_lines
from .official_mat import read_official_mat, write_official_mat
from .prediction_checks import check_pair_predictions


@dataclass(frozen=True)
class HICOFormat:
    """How to read and write one format.

    Attributes:
        endings (tuple[str]): Endings of its files, '' for a folder.
        read (Callable): Function of the path and, unless the format lists its
            images, of their ids.
        write (Callable): Function of the path and the predictions.
        lists_images (bool): Whether files tell the ids of their images.
    """
    endings: Tuple[str, ...]
    read: Callable[..., PairPredictions]
    write: Callable[..., None]
    lists_images: bool = True


HICO_FORMATS = {
    'pkl': HICOFormat(('.pkl', '.pickle'), read_pickle_dump,
                      write_pickle_dump),
    'json': HICOFormat(('.json', ), read_json_dump, write_json_dump),
    'jsonl': HICOFormat(('.jsonl', ), read_json_lines, write_json_lines),
    'npz': HICOFormat(('.npz', ), read_npz, write_npz),
    'mat': HICOFormat(('', ), read_official_mat, write_official_mat, False),
}


def find_hico_format(path: Union[str, Path],
                     name: Optional[str] = None) -> HICOFormat:
    """Find the format of a file.

    Args:
        path (str or Path): The file or folder; it need not exist.
        name (str, optional): Name of the format, a key of `HICO_FORMATS`.
            Defaults to None: it is guessed from the ending.

    Returns:
        HICOFormat: The format.

    Raises:
        ValueError: If the name or the ending is unknown.

    Examples:
        >>> find_hico_format('predictions.jsonl').endings
        ('.jsonl',)
        >>> find_hico_format('predictions.txt', 'jsonl').endings
        ('.jsonl',)
    """
    return HICO_FORMATS[find_format(path, HICO_FORMATS, name)]


def read_hico_predictions(path: Union[str, Path],
                          image_ids: Optional[np.ndarray] = None,
                          format: Optional[str] = None,
                          origin: int = 0) -> PairPredictions:
    """Read and check predictions on HICO-DET.

    Args:
        path (str or Path): File, or folder of detections_XX.mat.
        image_ids (np.ndarray, optional): Ids of the images in the order of
            the annotation, which a folder of detections_XX.mat does not tell.
            Defaults to None.
        format (str, optional): A key of `HICO_FORMATS`. Defaults to None: it
            is guessed from the ending.
        origin (int): Number of the first pixel column and row in the file, 0
            or 1. Defaults to 0.

    Returns:
        PairPredictions: Predictions with 0-based inclusive boxes.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the format is unknown or the file is malformed.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f'{path} does not exist')
    chosen = find_hico_format(path, format)
    if chosen.lists_images:
        predictions = chosen.read(path)
    elif image_ids is None:
        raise ValueError(f'{path} does not tell which images it is about; '
                         'give the annotation file (--ann)')
    else:
        predictions = chosen.read(path, image_ids)
    check_pair_predictions(predictions, path,
                           len(load_label_space('hico_det').hoi_verbs))
    return predictions.shift(-origin)


def write_hico_predictions(path: Union[str, Path],
                           predictions: PairPredictions,
                           format: Optional[str] = None,
                           **options: object) -> None:
    """Write predictions on HICO-DET.

    Args:
        path (str or Path): File, or folder for detections_XX.mat.
        predictions (PairPredictions): Predictions with 0-based boxes.
        format (str, optional): A key of `HICO_FORMATS`. Defaults to None: it
            is guessed from the ending.
        **options (object): Further arguments of the format's function, see
            `write_official_mat`.

    Raises:
        ValueError: If the format is unknown.
    """
    path = Path(path)
    chosen = find_hico_format(path, format)
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen.write(path, predictions, **options)
