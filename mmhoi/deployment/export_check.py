# Copyright (c) mmhoi contributors.
"""Comparison of an exported model with the one that it was made of."""
from typing import Any, Dict, Iterator, Tuple

import numpy as np
import torch

from .exported_inferencer import ExportedHOIInferencer
from .raw_output_model import RawOutputModel
from .tracing import made_inputs

#: Largest difference of equal outputs.
TOLERANCE = 1e-4
#: Largest difference of predictions: single pixels of a resized image differ
#: by one level from those of the test pipeline, see `pillow_resize`.
PREDICTION_TOLERANCE = 1e-2
#: Number of images, height and width.
SHAPES = ((1, 160, 192), (2, 250, 97), (3, 133, 320))


def output_differences(
    raw: RawOutputModel, exported: ExportedHOIInferencer
) -> Iterator[Tuple[Tuple[int, int, int], Dict[str, float]]]:
    """Compare raw outputs for random images of several numbers and sizes.

    Args:
        raw (RawOutputModel): The model.
        exported (ExportedHOIInferencer): The same, exported.

    Yields:
        tuple: One of `SHAPES`, and the largest absolute difference of each
        output.
    """
    for seed, shape in enumerate(SHAPES):
        inputs = made_inputs(raw, *shape, seed=seed)
        with torch.inference_mode():
            wanted = raw(**inputs)
        found = exported.run({
            name: value.numpy()
            for name, value in inputs.items()
        })
        yield shape, {
            name: _largest_difference(x.numpy(), found[name])
            for name, x in zip(raw.output_names, wanted)
        }


def _largest_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Of two arrays whose infinities have to be the same."""
    # Infinity minus infinity is no number.
    same = one == other
    return float(np.abs(one[~same] - other[~same]).max(initial=0))


def prediction_difference(wanted: Dict[str, Any],
                          found: Dict[str, Any]) -> Tuple[float, int]:
    """Compare the predictions of an image.

    Args:
        wanted (dict): Predictions of the model, see `prediction_to_dict`.
        found (dict): Those of the exported one.

    Returns:
        tuple[float, int]: Largest difference of scores and of boxes, the
        latter as a part of the image's longer side; and how many predictions
        only one of the two has.

    Examples:
        >>> hoi = dict(query_ind=1, label=5, obj_label=2, score=1.0,
        ...            confidence=0.5, obj_score=0.5, sub_bbox=[0, 0, 8, 8],
        ...            obj_bbox=None)
        >>> a = dict(width=20, height=10, hois=[hoi])
        >>> b = dict(a, hois=[dict(hoi, sub_bbox=[0, 0, 9, 8])])
        >>> largest, num_single = prediction_difference(a, b)
        >>> round(largest, 4), num_single
        (0.05, 0)
    """
    one, other = (_numbers(prediction) for prediction in (wanted, found))
    both = one.keys() & other.keys()
    largest = max((float(np.abs(one[key] - other[key]).max()) for key in both),
                  default=0.0)
    return largest, len(one.keys() ^ other.keys())


def _numbers(prediction: Dict[str, Any]) -> Dict[Tuple, np.ndarray]:
    """Scores and boxes of each (query, HOI)."""
    side = max(prediction['width'], prediction['height'])
    return {
        (hoi['query_ind'], hoi['label'], hoi['obj_label']):
        np.array([
            hoi['score'], hoi['confidence'], hoi['obj_score'],
            *np.divide(hoi['sub_bbox'], side),
            *np.divide(hoi['obj_bbox'] or [], side)
        ])
        for hoi in prediction['hois']
    }
