# Copyright (c) mmhoi contributors.
"""Pairs of boxes of a whole data set as flat arrays."""
from typing import NamedTuple, Optional, Sequence

import numpy as np


class PairArrays(NamedTuple):
    """N labelled pairs of boxes, ground truth or detections, of many images.

    A pair with several HOI labels takes one row per label. All boxes of an
    evaluation must count pixels from the same origin; which one is
    indifferent to the measures, because boxes are only compared.

    Attributes:
        images (np.ndarray): Image of each pair, any integer, shape (N, ).
        labels (np.ndarray): 0-based HOI id of each pair, shape (N, ).
        sub_bboxes (np.ndarray): Subject boxes, inclusive xyxy pixels of the
            original image, shape (N, 4).
        obj_bboxes (np.ndarray): Object boxes, likewise, shape (N, 4).
        scores (np.ndarray, optional): Scores of detections, shape (N, );
            None for ground truth.
    """
    images: np.ndarray
    labels: np.ndarray
    sub_bboxes: np.ndarray
    obj_bboxes: np.ndarray
    scores: Optional[np.ndarray] = None

    def select(self, index: np.ndarray) -> 'PairArrays':
        """Pairs chosen by an integer or boolean array, in its order."""
        return PairArrays(*(None if field is None else field[index]
                            for field in self))

    @classmethod
    def concatenate(cls, parts: Sequence['PairArrays']) -> 'PairArrays':
        """Join parts, which all have or all lack scores.

        Args:
            parts (Sequence[PairArrays]): At least one part.

        Returns:
            PairArrays: The pairs of all parts, in the order of the parts.
        """
        return cls(*(None if fields[0] is None else np.concatenate(fields)
                     for fields in zip(*parts)))
