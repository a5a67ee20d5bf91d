# Copyright (c) mmhoi contributors.
"""SWIG-HOI's annotation files, swig_{train,dev,test,trainval}_1000.json."""
from collections import Counter
from typing import List, Tuple

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.structures import PairArrays
from .annotation_report import AnnotationReport
from .hoia_parser import HOIAParser


def swig_to_hoia(record: dict) -> dict:
    """Entry of SWIG-HOI as an entry of the HOIA format.

    Boxes count from 0. Their `aux_category_id`, other names of the same
    object, plays no part in training and evaluation and is left out.

    Args:
        record (dict): With `file_name`, `img_id`, `box_annotations` and
            `hoi_annotations`, of which the latter have an `action_id`.

    Returns:
        dict: With `file_name`, `img_id`, `annotations` and `hoi_annotation`,
        verb ids from 0.

    Raises:
        KeyError: If a key is missing.
        TypeError: If an entry has another structure.

    Examples:
        >>> swig_to_hoia(dict(
        ...     file_name='a.jpg', img_id=7, box_annotations=[],
        ...     hoi_annotations=[dict(subject_id=0, object_id=1, action_id=9)])
        ... )['hoi_annotation']
        [{'subject_id': 0, 'object_id': 1, 'category_id': 9}]
    """
    return dict(
        file_name=record['file_name'],
        img_id=record['img_id'],
        annotations=[
            dict(bbox=box['bbox'], category_id=box['category_id'])
            for box in record['box_annotations']
        ],
        hoi_annotation=[
            dict(
                subject_id=hoi['subject_id'],
                object_id=hoi['object_id'],
                category_id=hoi['action_id'])
            for hoi in record['hoi_annotations']
        ])


def swig_ground_truth(
        records: List[dict],
        space: LabelSpace) -> Tuple[np.ndarray, PairArrays, AnnotationReport]:
    """Annotated pairs for the evaluation.

    As in the official evaluation every interaction counts, a repeated one
    too.

    Args:
        records (list[dict]): Entries of SWIG-HOI.
        space (LabelSpace): Tables of the category file.

    Returns:
        tuple[np.ndarray, PairArrays, AnnotationReport]:

        - image_ids: `img_id` of each image, shape (B, ).
        - pairs: G pairs; `images` are rows of `image_ids`.
        - report: What could not be used.

    Raises:
        ValueError: If an entry has another structure or an id occurs twice.
    """
    parser = HOIAParser(space, bbox_origin=0, test_mode=True)
    image_ids, images, labels, boxes = [], [], [], []
    for row, record in enumerate(records):
        try:
            instances, hois = parser.parse_interactions(swig_to_hoia(record))
            image_ids.append(int(np.int64(record['img_id'])))
        except (AttributeError, KeyError, OverflowError, TypeError,
                ValueError) as error:
            raise ValueError(
                f'entry {row} is not in the format of SWIG-HOI '
                f'({type(error).__name__}: {error}); give '
                'swig_test_1000.json or another file of the data set'
            ) from error
        for sub, obj, _, hoi in hois:
            images.append(row)
            labels.append(hoi)
            boxes.append([instances[sub]['bbox'], instances[obj]['bbox']])
    (image_id, count), = Counter(image_ids).most_common(1) or [(None, 1)]
    if count > 1:
        raise ValueError(f'img_id {image_id} occurs {count} times; give each '
                         'image one entry')
    sub_bboxes, obj_bboxes = np.moveaxis(
        np.array(boxes, float).reshape(-1, 2, 4), 1, 0)
    pairs = PairArrays(
        np.array(images, int), np.array(labels, int), sub_bboxes, obj_bboxes)
    return np.array(image_ids, np.int64), pairs, parser.report
