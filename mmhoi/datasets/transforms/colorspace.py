# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from PIL import Image
from torchvision.transforms import ColorJitter as TorchvisionColorJitter

from mmhoi.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ColorJitter(BaseTransform):
    """Change brightness, contrast and saturation at random, as DETR-style HOI
    training does: torchvision's transform on a Pillow image.

    Each factor is drawn from [1 - x, 1 + x]; the order is random too.

    Required Keys:

    - img (np.uint8: (H, W, 3), BGR)

    Modified Keys:

    - img

    Args:
        brightness (float): Range x of the brightness. Defaults to 0.4.
        contrast (float): Range x of the contrast. Defaults to 0.4.
        saturation (float): Range x of the saturation. Defaults to 0.4.
    """

    def __init__(self,
                 brightness: float = 0.4,
                 contrast: float = 0.4,
                 saturation: float = 0.4) -> None:
        self.jitter = TorchvisionColorJitter(brightness, contrast, saturation)

    def transform(self, results: dict) -> dict:
        """Jitter the image.

        Args:
            results (dict): Result dict with `img`.

        Returns:
            dict: The same with another `img`.
        """
        # Contrast and saturation need the true channel order. OpenCV swaps
        # channels some hundred times faster than copying a reversed view.
        rgb = Image.fromarray(cv2.cvtColor(results['img'], cv2.COLOR_BGR2RGB))
        results['img'] = cv2.cvtColor(
            np.asarray(self.jitter(rgb)), cv2.COLOR_RGB2BGR)
        return results

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(brightness={self.jitter.brightness}, '
                f'contrast={self.jitter.contrast}, '
                f'saturation={self.jitter.saturation})')
