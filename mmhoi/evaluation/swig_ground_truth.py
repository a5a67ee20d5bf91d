# Copyright (c) mmhoi contributors.
"""SWIG-HOI's annotation as arrays for the evaluation."""
from pathlib import Path
from typing import Tuple, Union

import numpy as np

from mmhoi.annotations import HOIAParser
from mmhoi.annotations.swig import swig_to_hoia
from mmhoi.label_spaces.swig import SWIGLabelSpace
from mmhoi.structures import PairArrays
from .hoia_records import usable_hoia
from .prediction_io.json_file import read_json


def read_swig_ground_truth(
        path: Union[str, Path],
        space: SWIGLabelSpace) -> Tuple[np.ndarray, PairArrays]:
    """Read annotated pairs; a warning tells what could not be used.

    As in the official evaluation every interaction counts, a repeated one
    too.

    Args:
        path (str | Path): swig_test_1000.json or another file of SWIG-HOI.
        space (SWIGLabelSpace): Tables of the category file.

    Returns:
        tuple[np.ndarray, PairArrays]:

        - image_ids: `img_id` of each image, shape (B, ).
        - pairs: G pairs; `images` are rows of `image_ids`.

    Raises:
        SetupError: If the file cannot be evaluated.
    """
    path = Path(path)
    records, image_ids = usable_hoia(read_json(path), space, path, 0)
    parser = HOIAParser(space, bbox_origin=0, test_mode=True)
    images, labels, boxes = [], [], []
    for row, record in enumerate(records):
        instances, hois = parser.parse_interactions(swig_to_hoia(record))
        for sub, obj, _, hoi in hois:
            images.append(row)
            labels.append(hoi)
            boxes.append([instances[sub]['bbox'], instances[obj]['bbox']])
    sub_bboxes, obj_bboxes = np.moveaxis(
        np.array(boxes, float).reshape(-1, 2, 4), 1, 0)
    pairs = PairArrays(
        np.array(images, int), np.array(labels, int), sub_bboxes, obj_bboxes)
    return np.array(image_ids, np.int64), pairs
