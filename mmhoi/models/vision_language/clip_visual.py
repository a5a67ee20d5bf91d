# Copyright (c) mmhoi contributors.
"""Frozen visual tower of CLIP."""
from copy import deepcopy
from typing import Optional, Tuple

import torch
from mmengine.model import BaseModule
from torch import Tensor

from mmhoi.registry import MODELS
from .open_clip_loader import check_visual_tower, load_open_clip


@MODELS.register_module()
class CLIPVisual(BaseModule):
    """Frozen visual tower of CLIP that returns all its tokens.

    open_clip's own forward drops the class token when asked for tokens;
    HOICLIP attends to all of them. The tower never trains: its parameters
    need no gradient and it stays in eval mode. Its weights are part of the
    state dict (`visual.*`), so a checkpoint holds all that prediction needs.

    Symbols: B images, T patches, C width of the tower, E width of the space
    that images and texts share.

    Args:
        model_name (str): Model, see :func:`load_open_clip`.
        pretrained (str, optional): Weights, see :func:`load_open_clip`.
            Defaults to None.

    Attributes:
        embed_dims (int): C.
        out_dims (int): E.
        image_size (int): Side S of the input image in pixels.
        mean (tuple[float]): RGB means of an image scaled to 0..1.
        std (tuple[float]): RGB standard deviations of the same.
    """

    def __init__(self,
                 model_name: str,
                 pretrained: Optional[str] = None) -> None:
        super().__init__()
        clip = load_open_clip(model_name, pretrained)
        # A copy: what is later loaded into this module must not change the
        # model that other modules get from the loader.
        self.visual = deepcopy(check_visual_tower(clip.model, model_name))
        self.embed_dims, self.out_dims = self.visual.proj.shape
        self.image_size = clip.image_size
        self.mean = clip.mean
        self.std = clip.std
        self.requires_grad_(False)
        self.eval()

    @property
    def proj(self) -> Tensor:
        """Tensor: Projection from tokens to the shared space, (C, E)."""
        return self.visual.proj

    def train(self, mode: bool = True) -> 'CLIPVisual':
        """Stay in eval mode, whatever the mode of the detector is."""
        return super().train(False)

    @torch.no_grad()
    def forward(self, clip_img: Tensor) -> Tuple[Tensor, Tensor]:
        """Encode images.

        Args:
            clip_img (Tensor): Images normalised with :attr:`mean` and
                :attr:`std`, RGB, shape (B, 3, S, S).

        Returns:
            tuple[Tensor, Tensor]: All tokens after the last LayerNorm and
            before the projection, the class token first, shape
            (B, 1 + T, C); the projected class token, not normalised, shape
            (B, E).
        """
        out = self.visual.forward_intermediates(
            clip_img,
            indices=1,
            normalize_intermediates=True,
            output_fmt='NLC',
            output_extra_tokens=True)
        tokens = torch.cat([
            out['image_intermediates_prefix'][0], out['image_intermediates'][0]
        ], 1)
        return tokens, out['image_features']
