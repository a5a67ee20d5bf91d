# Copyright (c) mmhoi contributors.
import torch
from torch import Tensor

MODES = ('cosine', 'sigmoid')


def training_free_scores(clip_logits: Tensor,
                         topk: int = 10,
                         mode: str = 'cosine') -> Tensor:
    """Score bonus of the HOIs that CLIP itself sees in the image.

    HOICLIP, section "Training-free enhancement": the cosines of the global
    image feature to the text embeddings of the HOIs, of which the `topk`
    largest are kept and added to the scores of every query.

    Args:
        clip_logits (Tensor): Cosines of an image to all HOIs, shape (..., H).
        topk (int): Number of HOIs kept per image. Defaults to 10.
        mode (str): `cosine` adds the kept cosines as the paper writes it;
            `sigmoid` adds the sigmoid of the masked cosines as the official
            evaluation does: every HOI gains at least 0.5. Defaults to
            `cosine`.

    Returns:
        Tensor: What to add to the HOI scores, shape (..., H).

    Raises:
        ValueError: If the mode is unknown or `topk` is not positive.

    Examples:
        >>> training_free_scores(torch.tensor([0.1, 0.3, 0.2]), topk=2)
        tensor([0.0000, 0.3000, 0.2000])
    """
    if mode not in MODES or topk < 1:
        raise ValueError(
            f'training_free_enhancement: mode="{mode}", topk={topk}; allowed '
            f'are the modes {MODES} and a positive topk')
    values, inds = clip_logits.topk(min(topk, clip_logits.size(-1)), dim=-1)
    kept = torch.zeros_like(clip_logits).scatter(-1, inds, values)
    return kept.sigmoid() if mode == 'sigmoid' else kept
