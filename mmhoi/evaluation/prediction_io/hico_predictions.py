# Copyright (c) mmhoi contributors.
"""Predictions on HICO-DET as arrays, and what is wrong with them."""
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple

import numpy as np

from ..functional.pair_arrays import PairArrays


@dataclass(frozen=True)
class HICOPredictions:
    """Predictions for B images.

    Attributes:
        image_ids (np.ndarray): Numbers in the file names of the images, also
            of those without any prediction, int64, shape (B, ).
        pairs (PairArrays): M predictions. `images` are rows of `image_ids`.
        image_sizes (np.ndarray, optional): (width, height) in pixels, int64,
            shape (B, 2), if the file tells it.
        top_obj_labels (np.ndarray, optional): Object class that the model
            predicts for the boxes of each prediction, whichever HOI is
            scored, int64, shape (M, ), if the file tells it.
    """
    image_ids: np.ndarray
    pairs: PairArrays
    image_sizes: Optional[np.ndarray] = None
    top_obj_labels: Optional[np.ndarray] = None

    def place(self, row: int) -> str:
        """Image and place among its predictions of the M-row `row`."""
        image = self.pairs.images[row]
        index = (self.pairs.images[:row] == image).sum()
        return f'image {self.image_ids[image]}, prediction {index}'

    def shift(self, pixels: int) -> 'HICOPredictions':
        """The same with `pixels` added to all coordinates."""
        if pixels == 0:
            return self
        return replace(
            self,
            pairs=self.pairs._replace(
                sub_bboxes=self.pairs.sub_bboxes + pixels,
                obj_bboxes=self.pairs.obj_bboxes + pixels))

    def align(self,
              image_ids: np.ndarray) -> Tuple['HICOPredictions', int, int]:
        """Predictions for given images only, in their order.

        Args:
            image_ids (np.ndarray): Ids of the images that count, unique,
                shape (B, ).

        Returns:
            tuple[HICOPredictions, int, int]: The predictions, the number of
            given images that the file lacks, which then have no prediction,
            and the number of images of the file that are not given.
        """
        order = np.argsort(image_ids, kind='stable')
        slots = np.searchsorted(image_ids[order], self.image_ids)
        slots = order[slots.clip(max=len(order) - 1)]
        is_known = image_ids[slots] == self.image_ids
        num_missing = len(image_ids) - int(is_known.sum())
        sizes = None
        if self.image_sizes is not None and num_missing == 0:
            sizes = np.empty((len(image_ids), 2), np.int64)
            sizes[slots[is_known]] = self.image_sizes[is_known]
        rows = is_known[self.pairs.images]
        pairs = self.pairs.select(rows)
        pairs = pairs._replace(images=slots[pairs.images])
        tops = self.top_obj_labels
        return (HICOPredictions(image_ids, pairs, sizes,
                                None if tops is None else tops[rows]),
                num_missing, int((~is_known).sum()))


def check_hico_predictions(predictions: HICOPredictions, path: Path,
                           num_hois: int) -> None:
    """Raise ValueError for the first prediction that cannot be evaluated.

    Args:
        predictions (HICOPredictions): What was read.
        path (Path): The file, for the message.
        num_hois (int): Number of HOI classes H.

    Raises:
        ValueError: If an image id occurs twice, an HOI id is unknown, a
            score or box is not finite, or a box is inverted.
    """
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


def _refuse(predictions: HICOPredictions, path: Path, is_bad: np.ndarray,
            name: str, remedy: str) -> None:
    """Raise ValueError about the first bad row, if there is one."""
    if not is_bad.any():
        return
    row = int(np.argmax(is_bad))
    value = getattr(predictions.pairs, name)[row].tolist()
    raise ValueError(f'{path}: {predictions.place(row)}: {value} in {name} '
                     f'({is_bad.sum()} such predictions); {remedy}')
