# Copyright (c) mmhoi contributors.
"""Zero-shot classification of rendered scenes with the mini CLIP."""
from typing import Dict, NamedTuple, Sequence

import numpy as np
import torch
from torch import Tensor

from mmhoi.models.vision_language.open_clip_loader import OpenCLIP
from .samples import MiniCLIPSamples, View


class Accuracy(NamedTuple):
    """Share of views whose HOI is found among all rendered HOIs.

    Attributes:
        top1 (float): The best caption is true of the view.
        top5 (float): One of the five best captions is.
    """
    top1: float
    top5: float


def zero_shot_accuracy(clip: OpenCLIP,
                       samples: MiniCLIPSamples,
                       num_per_class: int = 4,
                       batch_size: int = 64) -> Dict[str, Accuracy]:
    """Choose among the prompts of all rendered HOIs for held-out views.

    Args:
        clip (OpenCLIP): The model.
        samples (MiniCLIPSamples): Source of the views.
        num_per_class (int): Held-out scenes per HOI. Defaults to 4.
        batch_size (int): Views encoded at a time. Defaults to 64.

    Returns:
        dict[str, Accuracy]: For cut-outs of pairs (`pair`) and whole images
        (`whole`).
    """
    prompts = [samples.hoi_prompts[hoi] for hoi in samples.hoi_ids]
    clip.model.eval()
    result = {}
    with torch.no_grad():
        texts = clip.model.encode_text(clip.tokenizer(prompts), normalize=True)
        for name, whole in (('pair', False), ('whole', True)):
            views = samples.held_out(num_per_class, whole)
            pixels = normalize_pixels(clip, stack_views(views))
            images = torch.cat([
                clip.model.encode_image(batch)
                for batch in pixels.split(batch_size)
            ])
            best = (images @ texts.T).topk(5).indices
            hits = np.array([[prompts[i] in view.truths for i in row]
                             for view, row in zip(views, best.tolist())])
            result[name] = Accuracy(
                float(hits[:, 0].mean()), float(hits.any(1).mean()))
    return result


def stack_views(views: Sequence[View]) -> Tensor:
    """Stack the images of views.

    Args:
        views (Sequence[View]): B views of side S.

    Returns:
        Tensor: RGB images in 0..1, float32, shape (B, 3, S, S).
    """
    images = torch.from_numpy(np.stack([view.image for view in views]))
    return images.permute(0, 3, 1, 2).float() / 255


def normalize_pixels(clip: OpenCLIP, images: Tensor) -> Tensor:
    """Normalise images as a CLIP model expects them.

    Args:
        clip (OpenCLIP): The model.
        images (Tensor): RGB images in 0..1, shape (B, 3, S, S).

    Returns:
        Tensor: Normalised images, shape (B, 3, S, S).
    """
    mean = torch.tensor(clip.mean).view(3, 1, 1)
    std = torch.tensor(clip.std).view(3, 1, 1)
    return (images - mean) / std
