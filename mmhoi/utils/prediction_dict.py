# Copyright (c) mmhoi contributors.
"""Predictions of an image as plain data; nothing here needs torch."""
from typing import Any, Dict, Mapping, Optional, Tuple

import numpy as np


def prediction_to_dict(predictions: Mapping[str, np.ndarray],
                       img_path: Optional[str], img_shape: Tuple[int, int],
                       meta: Mapping[str, Any]) -> Dict[str, Any]:
    """Turn the predictions of an image into numbers and strings.

    Args:
        predictions (Mapping): The fields of `pred_hoi_instances`, K rows
            each, boxes in pixels of the original image.
        img_path (str, optional): Where the image comes from.
        img_shape (tuple[int, int]): Its height and width.
        meta (Mapping): `classes` (O names), `verb_classes` (V) and
            `hoi_classes` (H) of the model; optionally `hoi_texts` (H), the
            texts that the HOIs are called by.

    Returns:
        dict: `img_path`, `width`, `height` and `hois`, a list of K dicts,
        best score first:

        - text (str): The HOI, such as `ride bicycle`.
        - verb (str), object (str | None): Their names; V-COCO has verbs
          without an object.
        - score (float): By which predictions are ranked; the method's score
          rule, such as interaction score + object score ** 2.
        - confidence (float): 0..1; what pictures show and thresholds apply
          to.
        - obj_score (float): 0..1.
        - label, verb_label, obj_label (int): Ids of HOI, verb and object.
        - query_ind (int): The query of the model that it comes from.
        - sub_bbox (list[float]), obj_bbox (list[float] | None): x1, y1, x2,
          y2 in pixels, not cut off at the borders of the image.
    """
    columns = {name: value.tolist() for name, value in predictions.items()}
    texts = meta.get('hoi_texts') or [
        name.replace('_', ' ') for name in meta['hoi_classes']
    ]
    height, width = img_shape
    return dict(
        img_path=img_path,
        width=int(width),
        height=int(height),
        hois=[
            _hoi_dict({
                name: column[row]
                for name, column in columns.items()
            }, texts, meta) for row in range(len(columns['scores']))
        ])


def _hoi_dict(row: Dict[str, Any], texts: Any, meta: Mapping) -> Dict:
    """One prediction."""
    has_object = row['obj_labels'] < len(meta['classes'])
    return dict(
        text=texts[row['labels']],
        verb=meta['verb_classes'][row['verb_labels']],
        object=meta['classes'][row['obj_labels']] if has_object else None,
        score=row['scores'],
        confidence=row['confidences'],
        obj_score=row['obj_scores'],
        label=row['labels'],
        verb_label=row['verb_labels'],
        obj_label=row['obj_labels'],
        query_ind=row['query_inds'],
        sub_bbox=row['sub_bboxes'],
        obj_bbox=row['obj_bboxes'] if has_object else None)
