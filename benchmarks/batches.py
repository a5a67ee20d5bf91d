# Copyright (c) mmhoi contributors.
"""Seeded batches for both models."""
from typing import Dict, List, Tuple

import numpy as np
import torch
from golden_tools import make_sample
from torch import Tensor

from mmhoi.label_spaces import load_label_space

CLIP_SIZE = 224


def random_bytes(num: int, height: int, width: int, seed: int = 0) -> Tensor:
    """Smooth random images, uint8, shape (num, 3, height, width)."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(num, 3, 12, 16, generator=generator)
    smooth = torch.nn.functional.interpolate(
        coarse, (height, width), mode='bilinear')
    return (255 * smooth).to(torch.uint8)


def random_targets(num: int, seed: int = 0) -> List[Dict[str, Tensor]]:
    """Annotated pairs as the official code has them.

    As in HICO-DET an image has about 3 pairs, some have many more, and a pair
    1.3 HOIs of one object class.

    Args:
        num (int): Number of images.
        seed (int): Seed. Defaults to 0.

    Returns:
        list[dict]: sub_boxes, obj_boxes (P, 4) normalised cxcywh, obj_labels
        (P, ) and hoi_labels (P, H) of each image.
    """
    rng = np.random.default_rng(seed)
    objects = load_label_space('hico_det').hoi_objects
    targets = []
    for _ in range(num):
        count = 1 + min(rng.geometric(0.35), 30)
        labels = rng.integers(80, size=count)
        hois = np.zeros((count, len(objects)), np.float32)
        for row, label in zip(hois, labels):
            allowed = np.flatnonzero(objects == label)
            picked = rng.choice(allowed, 1 + (rng.random() < 0.3))
            row[picked] = 1
        boxes = [
            np.hstack([
                rng.uniform(0.3, 0.7, (count, 2)),
                rng.uniform(0.1, 0.6, (count, 2))
            ]).astype(np.float32) for _ in range(2)
        ]
        targets.append(
            dict(
                sub_boxes=torch.from_numpy(boxes[0]),
                obj_boxes=torch.from_numpy(boxes[1]),
                obj_labels=torch.from_numpy(labels),
                hoi_labels=torch.from_numpy(hois)))
    return targets


def our_batch(num: int, height: int, width: int) -> dict:
    """A collated batch as our data loaders give it to `train_step`.

    Args:
        num (int): Number of images.
        height (int): Their height in pixels.
        width (int): Their width in pixels.

    Returns:
        dict: inputs (img and clip_img, lists of uint8 images) and
        data_samples.
    """
    shape = height, width
    samples = [
        make_sample(shape, shape, shape, target)
        for target in random_targets(num)
    ]
    return dict(
        inputs=dict(
            img=list(random_bytes(num, height, width)),
            clip_img=list(random_bytes(num, CLIP_SIZE, CLIP_SIZE))),
        data_samples=samples)


def reference_batch(preprocessor: torch.nn.Module, num: int, height: int,
                    width: int) -> Tuple[Tensor, Tensor, Tensor]:
    """The same images as the reference's data path gives them.

    Args:
        preprocessor (HOIDataPreprocessor): Normalises as the data path does.
        num (int): Number of images.
        height (int): Their height in pixels.
        width (int): Their width in pixels.

    Returns:
        tuple[Tensor, Tensor, Tensor]: Normalised images (B, 3, H, W), mask
        of the padding (B, H, W), normalised CLIP views (B, 3, S, S).
    """
    inputs = preprocessor(our_batch(num, height, width))['inputs']
    mask = torch.zeros(num, height, width, dtype=torch.bool)
    return inputs['img'], mask, inputs['clip_img']
