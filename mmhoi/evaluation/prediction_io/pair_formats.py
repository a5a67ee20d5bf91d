# Copyright (c) mmhoi contributors.
"""The formats in which predicted pairs are read and written."""
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Tuple, Union

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.structures import PairPredictions
from .format_lookup import find_format
from .hoi_dump import (read_json_dump, read_pickle_dump, write_json_dump,
                       write_pickle_dump)
from .json_lines import read_json_lines, write_json_lines
from .official_mat import read_official_mat, write_official_mat
from .pair_npz import read_npz, write_npz
from .prediction_checks import check_pair_predictions


@dataclass(frozen=True)
class PairFormat:
    """How to read and write one format.

    Attributes:
        endings (tuple[str]): Endings of its files, '' for a folder.
        read (Callable): Function of the path and, unless the format lists its
            images, of their ids.
        write (Callable): Function of the path, the predictions and, if the
            format names more than HOIs, the label space.
        lists_images (bool): Whether files tell the ids of their images.
        needs_space (bool): Whether `write` takes the label space.
    """
    endings: Tuple[str, ...]
    read: Callable[..., PairPredictions]
    write: Callable[..., None]
    lists_images: bool = True
    needs_space: bool = False


PAIR_FORMATS = {
    'pkl':
    PairFormat(('.pkl', '.pickle'),
               read_pickle_dump,
               write_pickle_dump,
               needs_space=True),
    'json':
    PairFormat(('.json', ), read_json_dump, write_json_dump, needs_space=True),
    'jsonl':
    PairFormat(('.jsonl', ), read_json_lines, write_json_lines),
    'npz':
    PairFormat(('.npz', ), read_npz, write_npz),
    'mat':
    PairFormat(('', ),
               read_official_mat,
               write_official_mat,
               lists_images=False,
               needs_space=True),
}


def find_pair_format(path: Union[str, Path],
                     name: Optional[str] = None) -> PairFormat:
    """Find the format of a file.

    Args:
        path (str or Path): The file or folder; it need not exist.
        name (str, optional): Name of the format, a key of `PAIR_FORMATS`.
            Defaults to None: it is guessed from the ending.

    Returns:
        PairFormat: The format.

    Raises:
        ValueError: If the name or the ending is unknown.

    Examples:
        >>> find_pair_format('predictions.jsonl').endings
        ('.jsonl',)
        >>> find_pair_format('predictions.txt', 'jsonl').endings
        ('.jsonl',)
    """
    return PAIR_FORMATS[find_format(path, PAIR_FORMATS, name)]


def read_pair_predictions(path: Union[str, Path],
                          space: LabelSpace,
                          image_ids: Optional[np.ndarray] = None,
                          format: Optional[str] = None,
                          origin: int = 0) -> PairPredictions:
    """Read and check predicted pairs.

    Args:
        path (str or Path): File, or folder of detections_XX.mat.
        space (LabelSpace): Classes of the data set.
        image_ids (np.ndarray, optional): Ids of the images in the order of
            the annotation, which a folder of detections_XX.mat does not tell.
            Defaults to None.
        format (str, optional): A key of `PAIR_FORMATS`. Defaults to None: it
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
    chosen = find_pair_format(path, format)
    if chosen.lists_images:
        predictions = chosen.read(path)
    elif image_ids is None:
        raise ValueError(f'{path} does not tell which images it is about; '
                         'give the annotation file (--ann)')
    else:
        predictions = chosen.read(path, image_ids)
    check_pair_predictions(predictions, path, space.hois)
    return predictions.shift(-origin)


def write_pair_predictions(path: Union[str, Path],
                           predictions: PairPredictions,
                           space: LabelSpace,
                           format: Optional[str] = None,
                           **options: object) -> None:
    """Write predicted pairs.

    Args:
        path (str or Path): File, or folder for detections_XX.mat.
        predictions (PairPredictions): Predictions with 0-based boxes.
        space (LabelSpace): Classes of the data set.
        format (str, optional): A key of `PAIR_FORMATS`. Defaults to None: it
            is guessed from the ending.
        **options (object): Further arguments of the format's function, see
            `write_official_mat`.

    Raises:
        ValueError: If the format is unknown or not one of the data set, or
            the predictions have other classes.
    """
    path = Path(path)
    chosen = find_pair_format(path, format)
    check_pair_predictions(predictions, path, space.hois)
    if chosen.needs_space:
        options['space'] = space
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen.write(path, predictions, **options)
