# Copyright (c) mmhoi contributors.
"""What a query-based HOI detector gives before predictions are selected."""
from typing import NamedTuple

import numpy as np


class RawOutputs(NamedTuple):
    """Scores and boxes of the Q queries of B images.

    Attributes:
        images (np.ndarray): Image of each row, any integer, shape (B, ).
        hoi_scores (np.ndarray): Probability of each HOI, shape (B, Q, H).
        obj_scores (np.ndarray): Probability of each object class, with or
            without a column of background at the end, shape (B, Q, O).
        sub_bboxes (np.ndarray): Subject boxes, inclusive xyxy pixels of the
            original image, shape (B, Q, 4).
        obj_bboxes (np.ndarray): Object boxes, likewise, shape (B, Q, 4).
    """
    images: np.ndarray
    hoi_scores: np.ndarray
    obj_scores: np.ndarray
    sub_bboxes: np.ndarray
    obj_bboxes: np.ndarray
