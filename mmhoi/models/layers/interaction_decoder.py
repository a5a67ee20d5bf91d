# Copyright (c) mmhoi contributors.
from typing import Dict, Optional

import torch
from mmdet.models.layers import DetrTransformerDecoder
from torch import Tensor, nn

from mmhoi.registry import MODELS


@MODELS.register_module()
class InteractionDecoder(DetrTransformerDecoder):
    """GEN-VLKT's instance-guided interaction decoder.

    A DETR decoder over the detector's memory whose queries start from zero.
    What tells the queries which pair they stand for is their position
    embedding: in layer i the mean of the human and the object state of layer
    i of the instance decoder (GEN-VLKT, section "Guided embedding network",
    "instance-guided embedding").

    Args:
        num_layers (int): Number of layers L, as many as the instance decoder
            has.
        layer_cfg (dict): Config of mmdet's `DetrTransformerDecoderLayer`; its
            width is the detector width D.
        post_norm_cfg (dict): Norm after every layer's output. Defaults to
            `LN`.
        init_cfg (dict, optional): Initialisation config. Defaults to None.
    """

    #: Whether the decoder needs weights of CLIP's tower.
    uses_clip = False
    #: What the layers attend to.
    sources = ('memory', )

    def check_clip(self, clip_visual: Optional[nn.Module]) -> None:
        """Accept a detector with or without CLIP's tower."""

    def init_weights(self) -> None:
        """Initialise matrices as DETR does (Xavier uniform)."""
        super().init_weights()
        for param in self.parameters():
            if param.dim() > 1:
                nn.init.xavier_uniform_(param)

    def forward(self, states: Dict[str, Tensor]) -> Tensor:
        """Decode interactions.

        Args:
            states (dict): sub_states and obj_states of all instance decoder
                layers (L, B, Q, D); memory (B, HW, D), memory_pos, its
                position encoding, of the same shape, and memory_mask (B, HW),
                True where padded.

        Returns:
            Tensor: Normalised states of every layer, shape (L, B, Q, D).

        Raises:
            ValueError: If the instance decoder has another number of layers.
        """
        guides = (states['sub_states'] + states['obj_states']) / 2
        if len(guides) != self.num_layers:
            raise ValueError(
                f'interaction_decoder.num_layers={self.num_layers}, but the '
                f'instance decoder has {len(guides)} layers, and each guides '
                'the interaction layer of the same number; set '
                'decoder.num_layers to the same')
        query = torch.zeros_like(guides[0])
        outputs = []
        for layer, guide in zip(self.layers, guides):
            query = layer(
                query,
                key=states['memory'],
                value=states['memory'],
                query_pos=guide,
                key_pos=states['memory_pos'],
                key_padding_mask=states['memory_mask'])
            outputs.append(self.post_norm(query))
        return torch.stack(outputs)
