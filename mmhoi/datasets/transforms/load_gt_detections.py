# Copyright (c) mmhoi contributors.
import numpy as np

from mmhoi.annotations.detection_files import Detections
from mmhoi.registry import TRANSFORMS
from .place_detections import PlaceDetections


@TRANSFORMS.register_module()
class LoadGTDetections(PlaceDetections):
    """Take the annotated boxes for those of a detector, with score 1.

    What a two-stage method makes of them is the upper bound of what it can
    reach with a better detector. To be placed after flips, crops and resizes,
    see `PlaceDetections`. Boxes to be ignored are left out.

    Required Keys:

    - instances (list[dict]: bbox, bbox_label, ignore_flag)
    - those of `PlaceDetections` but `detections`

    Added Keys:

    - detections (Detections: in pixels of the original image)
    - det_instances (Detections: in pixels of the input image)
    """

    def __init__(self) -> None:
        super().__init__()

    def transform(self, results: dict) -> dict:
        """Add the boxes.

        Args:
            results (dict): Result dict of the pipeline.

        Returns:
            dict: The same with the added keys.
        """
        used = [x for x in results['instances'] if not x['ignore_flag']]
        results['detections'] = Detections(
            np.array([x['bbox'] for x in used], np.float32).reshape(-1, 4),
            np.array([x['bbox_label'] for x in used], np.int64),
            np.ones(len(used), np.float32))
        return super().transform(results)

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'
