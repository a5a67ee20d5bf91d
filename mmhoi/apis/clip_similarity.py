# Copyright (c) mmhoi contributors.
from typing import Optional, Sequence

import numpy as np
import torch
import torch.nn.functional as F

from mmhoi.datasets.transforms import CLIPView
from mmhoi.models.vision_language import encode_texts, load_open_clip


@torch.no_grad()
def clip_similarities(image: np.ndarray,
                      texts: Sequence[str],
                      model_name: str,
                      pretrained: Optional[str] = None) -> np.ndarray:
    """What CLIP alone makes of an image: its cosine to each text.

    CLIP sees the image as a detector shows it: its centre square.

    Args:
        image (np.ndarray): BGR image, uint8, shape (h, w, 3).
        texts (Sequence[str]): H texts.
        model_name (str): Model, see :func:`load_open_clip`.
        pretrained (str, optional): Its weights, see there. Defaults to None.

    Returns:
        np.ndarray: Cosines, float32, shape (H, ).

    Raises:
        ValueError: If there are no texts or CLIP's weights are missing.

    Examples:
        >>> image = np.zeros((64, 96, 3), np.uint8)
        >>> texts = ['a dog', 'a cat']
        >>> # It may log that CLIP is loaded.
        >>> clip_similarities(
        ...     image, texts, 'mmhoi-mini').shape  # doctest: +SKIP
        (2,)
    """
    clip = load_open_clip(model_name, pretrained)
    view = CLIPView(clip.image_size)(dict(img=image))['clip_img']
    rgb = torch.from_numpy(view[..., ::-1].copy()).float() / 255
    pixels = (rgb - torch.tensor(clip.mean)) / torch.tensor(clip.std)
    feature = clip.model.encode_image(pixels.permute(2, 0, 1)[None])
    return (F.normalize(feature, dim=-1) @ encode_texts(
        model_name, pretrained, texts).T)[0].numpy()
