# Copyright (c) mmhoi contributors.
from typing import Tuple, Union

import numpy as np
from mmcv.transforms import Resize
from mmdet.structures.bbox import autocast_box_type

from mmhoi.registry import TRANSFORMS
from mmhoi.utils.image_sizes import detr_size
from .pillow_resize import pillow_resize


@TRANSFORMS.register_module()
class DETRResize(Resize):
    """Resize image and boxes as DETR does: its sizes, Pillow's filter.

    See `pillow_resize` for how close to Pillow the pixels are.

    Required Keys:

    - img
    - gt_bboxes (BaseBoxes[torch.float32]) (optional)

    Modified Keys:

    - img
    - img_shape
    - gt_bboxes

    Added Keys:

    - scale
    - scale_factor
    - keep_ratio
    - homography_matrix

    Args:
        scale (int or tuple[int, int]): Length of the shorter side and largest
            length of the longer side, in any order as everywhere in mmcv, for
            example (1333, 800); or the length of the shorter side alone, with
            no limit for the longer.
    """

    def __init__(self, scale: Union[int, Tuple[int, int]]) -> None:
        super().__init__(scale=scale, keep_ratio=True)
        # mmcv makes a square limit of a single number.
        self.scale = scale

    @autocast_box_type()
    def transform(self, results: dict) -> dict:
        """Resize image and boxes.

        Args:
            results (dict): Result dict of the pipeline.

        Returns:
            dict: The same, see the class.
        """
        results['scale'] = self.scale
        self._resize_img(results)
        factors = results['scale_factor']
        if results.get('gt_bboxes') is not None:
            results['gt_bboxes'].rescale_(factors)
            results['gt_bboxes'].clip_(results['img_shape'])
        matrix = np.diag([*factors, 1]).astype(np.float32)
        before = results.get('homography_matrix')
        results['homography_matrix'] = (
            matrix if before is None else matrix @ before)
        return results

    def _resize_img(self, results: dict) -> None:
        """Resize the image to DETR's size for `results['scale']`."""
        img, scale = results['img'], results['scale']
        height, width = img.shape[:2]
        if isinstance(scale, int):
            short, max_long = scale, None
        else:
            short, max_long = min(scale), max(scale)
        new_height, new_width = detr_size(height, width, short, max_long)
        if (new_height, new_width) != (height, width):
            img = pillow_resize(img, (new_height, new_width))
        results['img'] = img
        results['img_shape'] = img.shape[:2]
        results['scale_factor'] = (new_width / width, new_height / height)
        results['keep_ratio'] = True

    def __repr__(self) -> str:
        return f'{type(self).__name__}(scale={self.scale})'
