# Copyright (c) mmhoi contributors.
from typing import Optional, Sequence

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
    "Query-based knowledge integration"). There is no position encoding and no
    padding mask: as in the official code, padded positions are attended.
    """

    def forward(self, query: Tensor, sources: Sequence[Tensor]) -> Tensor:
        """Run the layer.

        Args:
            query (Tensor): Interaction queries, shape (B, Q, C).
            sources (Sequence[Tensor]): Key/value tokens of each source,
                each of shape (B, T, C) with its own T.

        Returns:
            Tensor: Updated queries, shape (B, Q, C).
        """
        query = self.norms[0](self.self_attn(query))
        query = sum(self.norms[1](self.cross_attn(query, key=tokens))
                    for tokens in sources)
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
        post_norm_cfg (dict): Norm after every layer's output. Defaults to
            `LN`.
        init_cfg (dict, optional): Initialisation config. Defaults to None.

    Raises:
        ValueError: If `sources` is empty or holds an unknown name.
    """

    def __init__(self,
                 num_layers: int,
                 layer_cfg: ConfigType,
                 memory_dims: int,
                 sources: Sequence[str] = SOURCES,
                 post_norm_cfg: ConfigType = dict(type='LN'),
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        if not sources or set(sources) - set(SOURCES):
            raise ValueError(
                f'interaction_decoder.sources={tuple(sources)} must name one '
                f'or both of {SOURCES}')
        self.sources = tuple(sources)
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

    def init_weights(self) -> None:
        """Initialise matrices as DETR does (Xavier uniform)."""
        super().init_weights()
        for param in self.layers.parameters():
            if param.dim() > 1:
                nn.init.xavier_uniform_(param)

    def forward(self, sub_states: Tensor, obj_states: Tensor, memory: Tensor,
                clip_tokens: Optional[Tensor]) -> Tensor:
        """Decode interactions.

        Args:
            sub_states (Tensor): Human states of the last instance decoder
                layer, shape (B, Q, D).
            obj_states (Tensor): Object states, shape (B, Q, D).
            memory (Tensor): Encoder memory, shape (B, HW, D).
            clip_tokens (Tensor, optional): CLIP's tokens after `ln_post`,
                before the projection, shape (B, 1 + T, C). Only needed with
                the source `clip`.

        Returns:
            Tensor: Normalised states of every layer, shape (L, B, Q, C).
        """
        tokens = []
        if 'clip' in self.sources:
            tokens.append(clip_tokens)
        if 'memory' in self.sources:
            tokens.append(self.memory_proj(memory))
        query = self.query_proj((sub_states + obj_states) / 2)
        states = []
        for layer in self.layers:
            query = layer(query, tokens)
            states.append(self.post_norm(query))
        return torch.stack(states)
