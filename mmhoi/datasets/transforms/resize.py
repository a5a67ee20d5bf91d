# Copyright (c) mmhoi contributors.
from typing import Optional, Tuple, Union

import mmcv
from mmdet.datasets.transforms import Resize

from mmhoi.registry import TRANSFORMS


def detr_size(height: int, width: int, short: int,
              max_long: Optional[int]) -> Tuple[int, int]:
    """Size of an image after DETR's aspect-preserving resize.

    The shorter side becomes `short`, or as much less (rounded) as keeps the
    longer side within `max_long`, which that rounding may pass by a pixel or
    two; the longer side is truncated. mmcv rounds both, so that sizes differ
    for every second image.

    Args:
        height (int): Height of the image.
        width (int): Width of the image.
        short (int): Wanted length of the shorter side.
        max_long (int, optional): Largest allowed length of the longer side,
            or None for no limit.

    Returns:
        tuple[int, int]: New height and width.

    Examples:
        >>> detr_size(480, 640, 800, 1333)
        (800, 1066)
        >>> detr_size(400, 1000, 800, 1333)
        (533, 1332)
    """
    small, large = min(height, width), max(height, width)
    if max_long is not None and large / small * short > max_long:
        # At least one pixel, however long and narrow the image is.
        short = max(int(round(max_long * small / large)), 1)
    if small == short:
        return height, width
    long = int(short * large / small)
    return (short, long) if height <= width else (long, short)


@TRANSFORMS.register_module()
class DETRResize(Resize):
    """Resize image and boxes exactly as DETR does: its sizes, Pillow.

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
        super().__init__(scale=scale, keep_ratio=True, backend='pillow')
        # mmcv makes a square limit of a single number.
        self.scale = scale

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
            img = mmcv.imresize(
                img, (new_width, new_height),
                interpolation=self.interpolation,
                backend=self.backend)
        results['img'] = img
        results['img_shape'] = img.shape[:2]
        results['scale_factor'] = (new_width / width, new_height / height)
        results['keep_ratio'] = True

    def __repr__(self) -> str:
        return f'{type(self).__name__}(scale={self.scale})'
