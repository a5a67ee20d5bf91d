# Copyright (c) mmhoi contributors.
from typing import Dict, Optional, Sequence

import torch
from mmcv.cnn import build_norm_layer
from mmdet.models.layers import DetrTransformerDecoderLayer
from mmdet.utils import ConfigType, OptMultiConfig
from mmengine.model import BaseModule, ModuleList
from torch import Tensor, nn

from mmhoi.registry import MODELS

SOURCES = ('clip', 'memory')


class CLIPInteractionDecoderLayer(DetrTransformerDecoderLayer):
    """Decoder layer that looks at several sources with *one* attention.

    Self-attention, then for every source the same cross-attention and norm,
    the results summed, then the feed-forward network (HOICLIP, section
    "Query-based knowledge integration"). There is no position encoding.
    """

    def forward(self, query: Tensor, sources: Sequence[Tensor],
                masks: Sequence[Optional[Tensor]]) -> Tensor:
        """Run the layer.

        Args:
            query (Tensor): Interaction queries, shape (B, Q, C).
            sources (Sequence[Tensor]): Key/value tokens of each source,
                each of shape (B, T, C) with its own T.
            masks (Sequence[Tensor | None]): For each source the mask of the
                tokens to leave out, shape (B, T), or None.

        Returns:
            Tensor: Updated queries, shape (B, Q, C).
        """
        query = self.norms[0](self.self_attn(query))
        query = sum(self.norms[1](self.cross_attn(
            query, key=tokens, key_padding_mask=mask))
                    for tokens, mask in zip(sources, masks))
        return self.norms[2](self.ffn(query))


@MODELS.register_module()
class CLIPInteractionDecoder(BaseModule):
    """HOICLIP's knowledge integration decoder.

    The interaction query of a pair is the mean of its human and object state,
    projected to the width of CLIP's visual tokens. Each layer attends to
    CLIP's tokens and to the projected detector memory.

    Args:
        num_layers (int): Number of layers.
        layer_cfg (dict): Config of a `CLIPInteractionDecoderLayer`; its width
            C must be the width of CLIP's visual tokens.
        memory_dims (int): Width D of the detector's states and memory.
        sources (Sequence[str]): What the layers attend to: `clip` (CLIP's
            tokens), `memory` (detector memory), or both. Defaults to both.
        mask_padding (bool): Whether padded positions of the memory are left
            out. The official code attends to them, so that its results depend
            on the other images of a batch. Defaults to False.
        post_norm_cfg (dict): Norm after every layer's output. Defaults to
            `LN`.
        init_cfg (dict, optional): Initialisation config. Defaults to None.

    Raises:
        ValueError: If `sources` is empty or holds an unknown name.
    """

    #: See :class:`InteractionDecoder`.
    uses_clip = True

    def __init__(self,
                 num_layers: int,
                 layer_cfg: ConfigType,
                 memory_dims: int,
                 sources: Sequence[str] = SOURCES,
                 mask_padding: bool = False,
                 post_norm_cfg: ConfigType = dict(type='LN'),
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        if not sources or set(sources) - set(SOURCES):
            raise ValueError(
                f'interaction_decoder.sources={tuple(sources)} must name one '
                f'or both of {SOURCES}')
        self.sources = tuple(sources)
        self.mask_padding = mask_padding
        self.layers = ModuleList([
            CLIPInteractionDecoderLayer(**layer_cfg) for _ in range(num_layers)
        ])
        self.embed_dims = self.layers[0].embed_dims
        self.post_norm = build_norm_layer(post_norm_cfg, self.embed_dims)[1]
        self.query_proj = self._projection(memory_dims)
        if 'memory' in self.sources:
            self.memory_proj = self._projection(memory_dims)

    def _projection(self, memory_dims: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Linear(memory_dims, self.embed_dims),
            nn.LayerNorm(self.embed_dims))

    def check_clip(self, clip_visual: Optional[nn.Module]) -> None:
        """Check that there is a CLIP tower of the right width.

        Args:
            clip_visual (CLIPVisual, optional): The detector's.

        Raises:
            ValueError: If there is none, or its tokens are not C wide.
        """
        if clip_visual is None:
            raise ValueError(
                'CLIPInteractionDecoder (config key `interaction_decoder`) '
                'reads the tokens of a CLIP model, but the detector has none; '
                'set `clip` of the model')
        if self.embed_dims != clip_visual.embed_dims:
            raise ValueError(
                f'interaction_decoder is {self.embed_dims} wide, but the '
                f'tokens of clip_visual are {clip_visual.embed_dims} wide; '
                'set embed_dims in interaction_decoder.layer_cfg to the '
                'latter')

    def init_weights(self) -> None:
        """Initialise matrices as DETR does (Xavier uniform)."""
        super().init_weights()
        for param in self.parameters():
            if param.dim() > 1:
                nn.init.xavier_uniform_(param)

    def forward(self, states: Dict[str, Tensor]) -> Tensor:
        """Decode interactions.

        Args:
            states (dict): sub_states and obj_states of the instance decoder
                (L', B, Q, D), of which the last layer's count; memory
                (B, HW, D) of the encoder and memory_mask (B, HW), True where
                padded; clip_proj (C, E), CLIP's projection of tokens to the
                space of its texts; with the source `clip` also clip_tokens,
                CLIP's tokens after `ln_post`, before the projection,
                (B, 1 + T, C).

        Returns:
            Tensor: Normalised states of every layer in the space of CLIP's
            texts, shape (L, B, Q, E).

        Raises:
            KeyError: If CLIP's tokens are needed but not given.
        """
        tokens, masks = [], []
        if 'clip' in self.sources:
            if 'clip_tokens' not in states:
                raise KeyError(
                    'interaction_decoder.sources names "clip", but the inputs '
                    'have no clip_img; add the transform CLIPView to the '
                    'pipeline')
            tokens.append(states['clip_tokens'])
            masks.append(None)
        if 'memory' in self.sources:
            tokens.append(self.memory_proj(states['memory']))
            masks.append(states['memory_mask'] if self.mask_padding else None)
        query = self.query_proj(
            (states['sub_states'][-1] + states['obj_states'][-1]) / 2)
        outputs = []
        for layer in self.layers:
            query = layer(query, tokens, masks)
            outputs.append(self.post_norm(query))
        return torch.stack(outputs) @ states['clip_proj']
