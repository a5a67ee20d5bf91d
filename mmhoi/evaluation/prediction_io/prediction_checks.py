# Copyright (c) mmhoi contributors.
"""What is wrong with the predictions of a file."""
from pathlib import Path
from typing import Sequence

import numpy as np

from mmhoi.label_spaces.class_names import names_digest
from mmhoi.structures import PairPredictions


def check_pair_predictions(predictions: PairPredictions, path: Path,
                           hois: Sequence[str]) -> None:
    """Raise ValueError for the first prediction that cannot be evaluated.

    Args:
        predictions (PairPredictions): What was read.
        path (Path): The file, for the message.
        hois (Sequence[str]): Names of the H HOI classes.

    Raises:
        ValueError: If the file tells other classes, an image id occurs twice,
            an HOI id is unknown, a score or box is not finite, or a box is
            inverted.
    """
    num_hois = len(hois)
    if predictions.classes not in (None, names_digest(hois)):
        raise ValueError(
            f'{path}: the predictions are of a model with other HOI classes, '
            f'or in another order, than the {num_hois} of this evaluation: '
            'its labels would mean other HOIs. Evaluate them with '
            'tools/test.py and the config of that model')
    ids, counts = np.unique(predictions.image_ids, return_counts=True)
    if (counts > 1).any():
        repeated = np.isin(predictions.image_ids, ids[counts > 1])
        image_id = predictions.image_ids[np.argmax(repeated)]
        rows = np.flatnonzero(predictions.image_ids == image_id)
        raise ValueError(
            f'{path}: image {image_id} is listed twice (positions {rows[0]} '
            f'and {rows[1]}; {(counts > 1).sum()} such images); give each '
            'image one entry with all its predictions')
    pairs = predictions.pairs
    _refuse(predictions, path, (pairs.labels < 0) | (pairs.labels >= num_hois),
            'labels',
            f'HOI ids are 0..{num_hois - 1}, the official id minus 1')
    _refuse(predictions, path, ~np.isfinite(pairs.scores), 'scores',
            'scores must be finite; has the model diverged?')
    for name in ('sub_bboxes', 'obj_bboxes'):
        bboxes = getattr(pairs, name)
        _refuse(predictions, path, ~np.isfinite(bboxes).all(1), name,
                'boxes must be finite; has the model diverged?')
        _refuse(
            predictions, path, (bboxes[:, 2:] < bboxes[:, :2]).any(1), name,
            'boxes are [x1, y1, x2, y2] with x1 <= x2, y1 <= y2, '
            'not x, y, width, height')


def _refuse(predictions: PairPredictions, path: Path, is_bad: np.ndarray,
            name: str, remedy: str) -> None:
    """Raise ValueError about the first bad row, if there is one."""
    if not is_bad.any():
        return
    row = int(np.argmax(is_bad))
    value = getattr(predictions.pairs, name)[row].tolist()
    raise ValueError(f'{path}: {predictions.place(row)}: {value} in {name} '
                     f'({is_bad.sum()} such predictions); {remedy}')
