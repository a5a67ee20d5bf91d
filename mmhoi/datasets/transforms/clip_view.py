# Copyright (c) mmhoi contributors.
import numpy as np
from mmcv.transforms import BaseTransform
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

from mmhoi.registry import TRANSFORMS


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
        # Every channel is resized alone, so BGR may stay as it is.
        img = Image.fromarray(np.ascontiguousarray(results['img']))
        img = F.resize(img, self.size, InterpolationMode.BICUBIC)
        img = F.center_crop(img, self.size)
        results['clip_img'] = np.array(img)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size})'
