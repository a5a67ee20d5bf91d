# Copyright (c) mmhoi contributors.
import logging

import numpy as np
from mmcv.transforms import BaseTransform
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.logging import print_log

from mmhoi.annotations.detection_files import Detections
from mmhoi.registry import TRANSFORMS

# Share of a side by which boxes may stick out before it is odd.
MAX_OVERSHOOT = 0.1


@TRANSFORMS.register_module()
class PlaceDetections(BaseTransform):
    """Move a detector's boxes from the original to the input image.

    To be placed after all transforms that move pixels: flips, crops and
    resizes, of which `homography_matrix` tells. Boxes are clipped to the
    image; those that a crop leaves nothing of are dropped.

    Required Keys:

    - detections (Detections: in pixels of the original image) (optional)
    - ori_shape, img_shape (tuple[int]: (H, W))
    - homography_matrix (np.float32: (3, 3); if the image was changed)

    Added Keys:

    - det_instances (Detections: in pixels of the input image; if there are
      `detections`)

    Args:
        score_thr (float): Smallest score, 0..1, of boxes that are used.
            Defaults to 0.

    Raises:
        ValueError: If `score_thr` is not in 0..1, or a transform has changed
            the image without telling how.
    """

    def __init__(self, score_thr: float = 0.) -> None:
        if not 0 <= score_thr <= 1:
            raise ValueError(
                f'score_thr={score_thr} (config key `score_thr` of '
                f'{type(self).__name__}) must be in 0..1')
        self.score_thr = score_thr
        self.num_odd = 0

    def transform(self, results: dict) -> dict:
        """Move the boxes.

        Args:
            results (dict): Result dict of the pipeline.

        Returns:
            dict: The same with the added key.
        """
        if 'detections' not in results:
            return results
        found = results['detections']
        found = found.select(found.scores >= self.score_thr)
        found = self._inside(found, results)
        boxes = HorizontalBoxes(found.boxes)
        boxes.project_(_homography(results))
        boxes.clip_(results['img_shape'])
        moved = found._replace(boxes=boxes.numpy())
        results['det_instances'] = moved.select(_has_area(moved.boxes))
        return results

    def _inside(self, found: Detections, results: dict) -> Detections:
        """The boxes within the original image; warns of odd ones."""
        height, width = results['ori_shape']
        size = np.array([width, height] * 2, np.float32)
        inside = found._replace(boxes=found.boxes.clip(0, size))
        kept = _has_area(inside.boxes)
        overshoot = np.abs(found.boxes - inside.boxes) / size
        odd = (overshoot > MAX_OVERSHOOT).any(1)
        if odd.any():
            self.num_odd += 1
            # The 1st, 10th, 100th, ... such image: each might be odd.
            if str(self.num_odd).strip('0') == '1':
                name = results.get('img_path', 'the image')
                print_log(
                    f'{type(self).__name__}: {int(odd.sum())} of {len(odd)} '
                    f'boxes reach far beyond "{name}" ({width} x {height}), '
                    f'such as {found.boxes[odd][0].tolist()}; '
                    f'{int((~kept).sum())} outside left out, the others '
                    f'clipped; {self.num_odd} such images so far in this '
                    'process. Are they the boxes of these images, in pixels '
                    'of the original image?',
                    logger='current',
                    level=logging.WARNING)
        return inside.select(kept)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(score_thr={self.score_thr})'


def _has_area(boxes: np.ndarray) -> np.ndarray:
    """Whether each box is wider and higher than nothing, bool (N, )."""
    return (boxes[:, 2:] > boxes[:, :2]).all(1)


def _homography(results: dict) -> np.ndarray:
    """Matrix (3, 3) from the original to the input image."""
    matrix = results.get('homography_matrix')
    if matrix is not None:
        return matrix
    changed = tuple(results['img_shape'][:2]) != tuple(
        results['ori_shape'][:2])
    if changed or results.get('flip', False):
        raise ValueError(
            f'the pipeline has made {results["img_shape"]} of an image of '
            f'{results["ori_shape"]}, or flipped it, without telling how '
            '(`homography_matrix`), so that boxes cannot follow; use '
            'DETRResize, mmdet.Resize, mmdet.RandomCrop and mmdet.RandomFlip')
    return np.eye(3, dtype=np.float32)
