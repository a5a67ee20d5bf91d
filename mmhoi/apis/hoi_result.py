# Copyright (c) mmhoi contributors.
"""What is predicted for one image, also as plain data for JSON."""
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional

import numpy as np

from mmhoi.structures import HOIDataSample
from mmhoi.visualization import hoi_confidences
from .image_reading import ImageReadError
from .sources import SourceImage


@dataclass(frozen=True)
class HOIResult:
    """What became of one image.

    Attributes:
        source (SourceImage): The image.
        data_sample (HOIDataSample): With `pred_hoi_instances`; without them,
            and with `error` in its metainfo, if the image could not be read.
        prediction (dict): The same as plain data, see `sample_to_dict`;
            `img_path` and `error` if the image could not be read.
        picture (np.ndarray, optional): The drawn predictions, RGB.
        error (ImageReadError, optional): Why the image could not be read.
    """
    source: SourceImage
    data_sample: HOIDataSample
    prediction: Dict[str, Any]
    picture: Optional[np.ndarray] = None
    error: Optional[ImageReadError] = None


def sample_to_dict(sample: HOIDataSample, meta: Mapping) -> Dict[str, Any]:
    """Turn the predictions of an image into numbers and strings.

    Args:
        sample (HOIDataSample): With `pred_hoi_instances` in pixels of the
            original image, and `img_path` and `ori_shape` in its metainfo.
        meta (Mapping): `classes` (O names), `verb_classes` (V) and
            `hoi_classes` (H) of the model; optionally `hoi_texts` (H), the
            texts that the HOIs are called by.

    Returns:
        dict: `img_path`, `width`, `height` and `hois`, a list of K dicts,
        best score first:

        - text (str): The HOI, such as `ride bicycle`.
        - verb (str), object (str | None): Their names; V-COCO has verbs
          without an object.
        - score (float): Interaction score + object score ** 2, by which
          predictions are ranked.
        - confidence (float): Interaction score * object score, 0..1; what
          pictures show and thresholds apply to.
        - obj_score (float): 0..1.
        - label, verb_label, obj_label (int): Ids of HOI, verb and object.
        - query_ind (int): The query of the model that it comes from.
        - sub_bbox (list[float]), obj_bbox (list[float] | None): x1, y1, x2,
          y2 in pixels, not cut off at the borders of the image.
    """
    pred = sample.pred_hoi_instances.cpu().numpy()
    columns = {name: value.tolist() for name, value in pred.items()}
    columns['confidences'] = hoi_confidences(pred.scores,
                                             pred.obj_scores).tolist()
    texts = meta.get('hoi_texts') or [
        name.replace('_', ' ') for name in meta['hoi_classes']
    ]
    height, width = sample.ori_shape[:2]
    return dict(
        img_path=sample.get('img_path'),
        width=int(width),
        height=int(height),
        hois=[
            _hoi_dict({
                name: column[row]
                for name, column in columns.items()
            }, texts, meta) for row in range(len(pred))
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
