# Copyright (c) mmhoi contributors.
from mmcv.transforms import BaseTransform

from mmhoi.registry import TRANSFORMS
from mmhoi.utils.image_sizes import detr_size
from .pillow_resize import pillow_resize


@TRANSFORMS.register_module()
class CLIPView(BaseTransform):
    """Take CLIP's view of the current image, before any normalisation.

    CLIP's own preprocessing: bicubic resize of the shorter side, then a
    centre crop (the sides of a wide image are lost). Place it after all
    augmentation, so that CLIP sees what the detector sees.

    Required Keys:

    - img (np.uint8: (H, W, 3), BGR)

    Added Keys:

    - clip_img (np.uint8: (size, size, 3), BGR)

    Args:
        size (int): Input size of the CLIP tower. Defaults to 224.
    """

    def __init__(self, size: int = 224) -> None:
        self.size = size

    def transform(self, results: dict) -> dict:
        """Add the view.

        Args:
            results (dict): Result dict with `img`.

        Returns:
            dict: The same with `clip_img`.
        """
        img = results['img']
        height, width = detr_size(*img.shape[:2], self.size, None)
        if (height, width) != img.shape[:2]:
            img = pillow_resize(img, (height, width), 'bicubic')
        # Rounds a half to even, as torchvision's centre crop does.
        top = round((height - self.size) / 2)
        left = round((width - self.size) / 2)
        # A copy: the view must not keep all of a larger image in memory.
        results['clip_img'] = img[top:top + self.size,
                                  left:left + self.size].copy()
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size})'
