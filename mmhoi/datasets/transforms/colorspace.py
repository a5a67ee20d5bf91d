# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from PIL import Image, ImageEnhance
from torchvision.transforms import ColorJitter as TorchvisionColorJitter

from mmhoi.registry import TRANSFORMS
from .contiguous_image import contiguous_image


def _brightness(img: np.ndarray, factor: float) -> np.ndarray:
    """Blend with black."""
    return cv2.LUT(img, _blend_table(0, factor))


def _contrast(img: np.ndarray, factor: float) -> np.ndarray:
    """Blend with the mean of the grey image."""
    grey = np.asarray(_to_pillow(img).convert('L'))
    return cv2.LUT(img, _blend_table(int(grey.mean() + 0.5), factor))


def _saturation(img: np.ndarray, factor: float) -> np.ndarray:
    """Blend with the grey image."""
    # No table holds it, and OpenCV's blending rounds where Pillow cuts off.
    blended = ImageEnhance.Color(_to_pillow(img)).enhance(factor)
    return cv2.cvtColor(np.asarray(blended), cv2.COLOR_RGB2BGR)


def _blend_table(base: int, factor: float) -> np.ndarray:
    """All 256 values blended with `base`, as Pillow computes it."""
    values = np.arange(256, dtype=np.float32)
    blended = base + np.float32(factor) * (values - base)
    return blended.clip(0, 255).astype(np.uint8)


def _to_pillow(img: np.ndarray) -> Image.Image:
    """A BGR array as an RGB image."""
    return Image.frombuffer('RGB', img.shape[1::-1], img, 'raw', 'BGR', 0, 1)


@TRANSFORMS.register_module()
class ColorJitter(BaseTransform):
    """Change brightness, contrast and saturation at random, as DETR-style HOI
    training does: equal to torchvision's transform on a Pillow image.

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

    STEPS = (_brightness, _contrast, _saturation)

    def __init__(self,
                 brightness: float = 0.4,
                 contrast: float = 0.4,
                 saturation: float = 0.4) -> None:
        # Draws the factors and their order.
        self.jitter = TorchvisionColorJitter(brightness, contrast, saturation)

    def transform(self, results: dict) -> dict:
        """Jitter the image.

        Args:
            results (dict): Result dict with `img`.

        Returns:
            dict: The same with another `img`.
        """
        order, *factors, _ = self.jitter.get_params(self.jitter.brightness,
                                                    self.jitter.contrast,
                                                    self.jitter.saturation,
                                                    self.jitter.hue)
        img = contiguous_image(results['img'])
        for step in order.tolist():
            # Step 3 is the hue, which stays.
            if step < 3 and factors[step] is not None:
                img = self.STEPS[step](img, factors[step])
        results['img'] = img
        return results

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(brightness={self.jitter.brightness}, '
                f'contrast={self.jitter.contrast}, '
                f'saturation={self.jitter.saturation})')
