# Copyright (c) mmhoi contributors.
from typing import Dict

import torch
from torch import Tensor

from mmhoi.registry import MODELS
from .interaction_decoder import InteractionDecoder


@MODELS.register_module()
class CascadeInteractionDecoder(InteractionDecoder):
    """CDN's interaction decoder, the second of two in a row.

    A DETR decoder over the detector's memory whose queries start from zero.
    The position embedding of all of its layers is what the instance decoder
    ends with (CDN, section "Cascade disentangling network"), so that the
    number of layers of the two need not be the same. Arguments are those of
    the base class.
    """

    def forward(self, states: Dict[str, Tensor]) -> Tensor:
        """Decode interactions.

        Args:
            states (dict): As of the base class.

        Returns:
            Tensor: Normalised states of every layer, shape (L, B, Q, D).
        """
        query_pos = (states['sub_states'][-1] + states['obj_states'][-1]) / 2
        query = torch.zeros_like(query_pos)
        outputs = []
        for layer in self.layers:
            query = layer(
                query,
                key=states['memory'],
                value=states['memory'],
                query_pos=query_pos,
                key_pos=states['memory_pos'],
                key_padding_mask=states['memory_mask'])
            outputs.append(self.post_norm(query))
        return torch.stack(outputs)
