# Copyright (c) mmhoi contributors.
"""Predictions as the official HICO-DET program reads them.

A folder holds detections_01.mat to detections_80.mat, one file for each
object in the order of COCO. `all_boxes` is a cell array with a row for each
HOI of the object and a column for each image; a cell holds rows of [x1, y1,
x2, y2] of the human, the same of the object, and the score. Boxes are
0-based; the official program adds 1.
"""
from pathlib import Path
from typing import List

import numpy as np

from mmhoi.label_spaces import LabelSpace, load_label_space
from mmhoi.structures import PairArrays, PairPredictions
from mmhoi.utils.progress import tqdm
from ..functional.pair_matching import class_score_order
from .mat_cells import CellTable, load_cell_tables
from .mat_writing import VARIABLE, write_cells


def mat_files(folder: Path) -> List[Path]:
    """The files of a folder, in the order of the objects.

    Args:
        folder (Path): The folder; it need not exist.

    Returns:
        list[Path]: 80 paths.

    Examples:
        >>> mat_files(Path('mat'))[-1].name
        'detections_80.mat'
    """
    return [folder / f'detections_{obj + 1:02d}.mat' for obj in range(80)]


def read_official_mat(path: Path, image_ids: np.ndarray) -> PairPredictions:
    """Read a folder of detections_XX.mat.

    Args:
        path (Path): The folder.
        image_ids (np.ndarray): Id of the image of each column, shape (B, ).

    Returns:
        PairPredictions: Predictions, by HOI and image.

    Raises:
        FileNotFoundError: If one of the 80 files is missing.
        ValueError: If a file is not as described.
    """
    hoi_objects = load_label_space('hico_det').hoi_objects
    files = mat_files(path)
    missing = [file.name for file in files if not file.exists()]
    if missing:
        raise FileNotFoundError(
            f'{path} lacks {len(missing)} of 80 files: '
            f'{", ".join(missing[:3])}{", ..." if missing[3:] else ""}')
    parts = [
        _hoi_pairs(table, np.flatnonzero(hoi_objects == obj), len(image_ids),
                   files[obj])
        for obj, table in enumerate(load_cell_tables(files))
    ]
    return PairPredictions(
        np.asarray(image_ids, np.int64), PairArrays.concatenate(parts))


def write_official_mat(path: Path,
                       predictions: PairPredictions,
                       space: LabelSpace,
                       round_boxes: bool = False,
                       max_per_hoi: int = 19999,
                       score_scale: float = 1000.) -> None:
    """Write a folder of detections_XX.mat, a column for each image.

    The images take the order of their ids, as in the official list. The
    defaults are those of the field's own converters, save the rounding.

    Args:
        path (Path): The folder.
        predictions (PairPredictions): Predictions of all images.
        space (LabelSpace): Their classes, which must be HICO-DET's.
        round_boxes (bool): Whether to round boxes to whole pixels, halves
            away from 0, as these converters do. Defaults to False.
        max_per_hoi (int): How many predictions of an HOI (the best ones) to
            write at most. Defaults to 19999.
        score_scale (float): Factor on the scores. Defaults to 1000.

    Raises:
        ValueError: If the predictions are on another data set.
    """
    if space.hois != load_label_space('hico_det').hois:
        raise ValueError(f'{path}: official MATLAB files are for HICO-DET '
                         f'only, not for "{space.name}"; give a file that '
                         'ends in .pkl, .json, .jsonl or .npz')
    pairs = predictions.pairs
    order = class_score_order(pairs.labels, pairs.scores)
    rank = np.arange(len(order)) - np.searchsorted(pairs.labels[order],
                                                   pairs.labels[order])
    pairs = pairs.select(order[rank < max_per_hoi])
    columns = np.argsort(np.argsort(predictions.image_ids, kind='stable'))
    bboxes = np.hstack((pairs.sub_bboxes, pairs.obj_bboxes)).astype(float)
    if round_boxes:
        bboxes = np.trunc(bboxes + np.copysign(.5, bboxes))
    # In float32, different scores could become equal.
    scores = pairs.scores.astype(float) * score_scale
    rows = np.column_stack((bboxes, scores))
    images = columns[pairs.images]

    path.mkdir(parents=True, exist_ok=True)
    files = mat_files(path)
    for obj in tqdm(range(len(files)), path.name, unit=' files', delay=1):
        hois = np.flatnonzero(space.hoi_objects == obj)
        chosen = np.isin(pairs.labels, hois)
        places = np.column_stack(
            (np.searchsorted(hois, pairs.labels[chosen]), images[chosen]))
        write_cells(files[obj], rows[chosen], places,
                    (len(hois), len(columns)))


def _hoi_pairs(table: CellTable, hois: np.ndarray, num_images: int,
               file: Path) -> PairArrays:
    """All pairs of an object."""
    if table.shape.tolist() != [len(hois), num_images]:
        raise ValueError(
            f'{file}: {VARIABLE} is {" x ".join(map(str, table.shape))}, but '
            f'its object has {len(hois)} HOIs and --ann {num_images} images; '
            'annotation and predictions must list the same images')
    rows = table.rows
    return PairArrays(table.places[:, 1], hois[table.places[:, 0]],
                      rows[:, :4], rows[:, 4:8], rows[:, 8])
