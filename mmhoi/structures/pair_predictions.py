# Copyright (c) mmhoi contributors.
"""Predicted pairs of a data set as arrays."""
from dataclasses import dataclass, replace
from typing import Optional, Tuple

import numpy as np

from .pair_arrays import PairArrays


@dataclass(frozen=True)
class PairPredictions:
    """Predictions for B images.

    Attributes:
        image_ids (np.ndarray): Ids of the images, of HICO-DET the numbers in
            their file names, also of those without any prediction, int64,
            shape (B, ).
        pairs (PairArrays): M predictions. `images` are rows of `image_ids`.
        image_sizes (np.ndarray, optional): (width, height) in pixels, int64,
            shape (B, 2), if the file tells it.
        top_obj_labels (np.ndarray, optional): Object class that the model
            predicts for the boxes of each prediction, whichever HOI is
            scored, int64, shape (M, ), if the file tells it.
        classes (str, optional): `names_digest` of the HOIs that the labels
            number, if the file tells it.
    """
    image_ids: np.ndarray
    pairs: PairArrays
    image_sizes: Optional[np.ndarray] = None
    top_obj_labels: Optional[np.ndarray] = None
    classes: Optional[str] = None

    def place(self, row: int) -> str:
        """Image and place among its predictions of the M-row `row`."""
        image = self.pairs.images[row]
        index = (self.pairs.images[:row] == image).sum()
        return f'image {self.image_ids[image]}, prediction {index}'

    def shift(self, pixels: int) -> 'PairPredictions':
        """The same with `pixels` added to all coordinates."""
        if pixels == 0:
            return self
        return replace(
            self,
            pairs=self.pairs._replace(
                sub_bboxes=self.pairs.sub_bboxes + pixels,
                obj_bboxes=self.pairs.obj_bboxes + pixels))

    def align(self,
              image_ids: np.ndarray) -> Tuple['PairPredictions', int, int]:
        """Predictions for given images only, in their order.

        Args:
            image_ids (np.ndarray): Ids of the images that count, unique,
                shape (B, ).

        Returns:
            tuple[PairPredictions, int, int]: The predictions, the number of
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
        return (PairPredictions(image_ids, pairs, sizes,
                                None if tops is None else tops[rows]),
                num_missing, int((~is_known).sum()))
