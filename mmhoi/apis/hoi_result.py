# Copyright (c) mmhoi contributors.
"""What is predicted for one image, also as plain data for JSON."""
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

import numpy as np

from mmhoi.structures import HOIDataSample
from mmhoi.utils.prediction_dict import prediction_to_dict
from mmhoi.utils.source_image import SourceImage
from .image_reading import ImageReadError


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
        not_written (tuple[str]): Files of its results that could not be
            written, and why.
    """
    source: SourceImage
    data_sample: HOIDataSample
    prediction: Dict[str, Any]
    picture: Optional[np.ndarray] = None
    error: Optional[ImageReadError] = None
    not_written: Tuple[str, ...] = ()


def sample_to_dict(sample: HOIDataSample, meta: Mapping) -> Dict[str, Any]:
    """Turn the predictions of an image into numbers and strings.

    Args:
        sample (HOIDataSample): With `pred_hoi_instances` in pixels of the
            original image, and `img_path` and `ori_shape` in its metainfo.
        meta (Mapping): Names of the classes, see :func:`prediction_to_dict`.

    Returns:
        dict: What :func:`prediction_to_dict` returns.
    """
    pred = sample.pred_hoi_instances.cpu().numpy()
    return prediction_to_dict(
        dict(pred.items()), sample.get('img_path'), sample.ori_shape[:2], meta)
