# Copyright (c) mmhoi contributors.
"""Images to inputs of an exported model, with NumPy and Pillow."""
from typing import Dict, Sequence, Tuple

import numpy as np
from PIL import Image

from mmhoi.utils.image_sizes import detr_size
from .model_info import Preprocessing


def make_inputs(images: Sequence[Image.Image],
                cfg: Preprocessing) -> Dict[str, np.ndarray]:
    """Make a batch, as test pipeline and data preprocessor do.

    Args:
        images (Sequence[Image.Image]): B images, mode RGB.
        cfg (Preprocessing): Of the model.

    Returns:
        dict: Inputs of the graph: img (B, 3, H, W), normalised, float32;
        padding_mask (B, H, W), True where padded, bool; and clip_img
        (B, 3, S, S), normalised, float32, if the graph has it.

    Examples:
        >>> cfg = Preprocessing(32, 64, True, (0, 0, 0), (255, 255, 255), 1,
        ...                     0, None, (), ())
        >>> images = Image.new('RGB', (20, 20)), Image.new('RGB', (20, 30))
        >>> inputs = make_inputs(images, cfg)
        >>> inputs['img'].shape, inputs['padding_mask'].sum((1, 2))
        ((2, 3, 48, 32), array([512,   0]))
    """
    resized = [_resize(image, cfg.short, cfg.max_long) for image in images]
    inputs = _pad([_normalize(image, cfg) for image in resized], cfg)
    if cfg.clip_size is not None:
        inputs['clip_img'] = np.stack(
            [_clip_view(image, cfg) for image in resized])
    return inputs


def _resize(image: Image.Image, short: int, max_long: int) -> Image.Image:
    height, width = detr_size(image.height, image.width, short, max_long)
    return _rows_first(image, (width, height), Image.Resampling.BILINEAR)


def _rows_first(image: Image.Image, size: Tuple[int, int],
                resample: Image.Resampling) -> Image.Image:
    """Resize rows, then columns: from version 13 on Pillow begins with the
    columns of some images, whose pixels differ then."""
    # Pillow only copies an image that has the size already.
    rows = image.resize((size[0], image.height), resample)
    return rows.resize(size, resample)


def _normalize(image: Image.Image, cfg: Preprocessing) -> np.ndarray:
    """Normalised channels of an image, float32, shape (3, h, w)."""
    pixels = np.asarray(image).astype(np.float32)
    if not cfg.to_rgb:
        pixels = pixels[..., ::-1]
    return ((pixels - np.float32(cfg.mean)) / np.float32(cfg.std)).transpose(
        2, 0, 1)


def _pad(arrays: Sequence[np.ndarray],
         cfg: Preprocessing) -> Dict[str, np.ndarray]:
    """Images of any size in one array, at its top left, and the mask."""
    sizes = np.array([array.shape[1:] for array in arrays])
    divisor = cfg.pad_size_divisor
    height, width = -(-sizes.max(0) // divisor) * divisor
    img = np.full((len(arrays), 3, height, width), cfg.pad_value, np.float32)
    padding_mask = np.ones((len(arrays), height, width), bool)
    for row, (array, (h, w)) in enumerate(zip(arrays, sizes)):
        img[row, :, :h, :w] = array
        padding_mask[row, :h, :w] = False
    return dict(img=img, padding_mask=padding_mask)


def _clip_view(image: Image.Image, cfg: Preprocessing) -> np.ndarray:
    """CLIP's view of a resized image, normalised, shape (3, S, S)."""
    size = cfg.clip_size
    height, width = detr_size(image.height, image.width, size, None)
    image = _rows_first(image, (width, height), Image.Resampling.BICUBIC)
    left, top = round((width - size) / 2), round((height - size) / 2)
    view = image.crop((left, top, left + size, top + size))
    pixels = np.asarray(view).astype(np.float32) / np.float32(255)
    return ((pixels - np.float32(cfg.clip_mean)) /
            np.float32(cfg.clip_std)).transpose(2, 0, 1)
