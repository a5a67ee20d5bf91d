# Copyright (c) mmhoi contributors.
"""UPT's head, image by image, head by head and branch by branch.

As the paper and the official parameters have it; slow, and independent of
what the package does at once.
"""
from typing import Dict

import torch
import torch.nn.functional as F
from torch import Tensor

NUM_HEADS, NUM_BRANCHES = 4, 4


def official_weights(embed_dims: int, pair_dims: int, global_dims: int,
                     num_verbs: int) -> Dict[str, Tensor]:
    """Random weights with the official names and shapes.

    Args:
        embed_dims (int): Width of the boxes' tokens.
        pair_dims (int): Width of the pairs' encodings.
        global_dims (int): Channels of the feature map.
        num_verbs (int): Number of verbs.

    Returns:
        dict[str, Tensor]: Names without `interaction_head.`.
    """
    head, branch = pair_dims // NUM_HEADS, pair_dims // NUM_BRANCHES
    shapes = {
        'box_pair_predictor': (num_verbs, 2 * pair_dims),
        'spatial_head.0': (128, 36),
        'spatial_head.2': (256, 128),
        'spatial_head.4': (pair_dims, 256)
    }
    for layer in range(2):
        start = f'coop_layer.mod_enc.{layer}.'
        shapes[f'{start}unary'] = pair_dims, embed_dims
        shapes[f'{start}pairwise'] = pair_dims, pair_dims
        for h in range(NUM_HEADS):
            shapes[f'{start}attn.{h}'] = 1, 3 * head
            shapes[f'{start}message.{h}'] = head, head
        shapes[f'{start}aggregate'] = embed_dims, pair_dims
        shapes[f'{start}ffn.ffn.0'] = 4 * embed_dims, embed_dims
        shapes[f'{start}ffn.ffn.2'] = embed_dims, 4 * embed_dims
        shapes[f'{start}norm'] = shapes[f'{start}ffn.norm'] = embed_dims,
    for name, width in (('mbf', 2 * embed_dims), ('mbf_g', global_dims)):
        for b in range(NUM_BRANCHES):
            shapes[f'{name}.fc_1.{b}'] = branch, width
            shapes[f'{name}.fc_2.{b}'] = branch, pair_dims
            shapes[f'{name}.fc_3.{b}'] = pair_dims, branch
    width = 2 * pair_dims
    start = 'comp_layer.'
    for name in ('attention.query', 'attention.key', 'attention.value',
                 'output.aggregate'):
        shapes[f'{start}attention.{name}'] = width, width
    shapes[f'{start}ffn.ffn.0'] = 2 * width, width
    shapes[f'{start}ffn.ffn.2'] = width, 2 * width
    shapes[f'{start}attention.output.norm'] = width,
    shapes[f'{start}ffn.norm'] = width,
    weights = {}
    for name, shape in shapes.items():
        scale = shape[-1]**-0.5 if len(shape) > 1 else 1.0
        weights[f'{name}.weight'] = torch.randn(shape) * scale
        weights[f'{name}.bias'] = torch.randn(shape[0]) * 0.1
    return weights


class Reference:
    """The head of one image.

    Args:
        weights (dict[str, Tensor]): Of `official_weights`.
    """

    def __init__(self, weights: Dict[str, Tensor]) -> None:
        self.weights = weights

    def linear(self, name: str, value: Tensor) -> Tensor:
        """A linear layer."""
        return F.linear(value, self.weights[f'{name}.weight'],
                        self.weights[f'{name}.bias'])

    def norm(self, name: str, value: Tensor, eps: float = 1e-12) -> Tensor:
        """A layer norm."""
        return F.layer_norm(value, value.shape[-1:],
                            self.weights[f'{name}.weight'],
                            self.weights[f'{name}.bias'], eps)

    def ffn(self, name: str, value: Tensor) -> Tensor:
        """Feed-forward part with its norm."""
        inner = F.gelu(self.linear(f'{name}.ffn.0', value))
        return self.norm(f'{name}.norm',
                         value + self.linear(f'{name}.ffn.2', inner))

    def cooperate(self, start: str, tokens: Tensor, pairs: Tensor) -> Tensor:
        """A cooperative layer, box by box."""
        unary = self.linear(f'{start}unary', tokens).relu()
        pairwise = self.linear(f'{start}pairwise', pairs).relu()
        heads = []
        for h in range(NUM_HEADS):
            u = unary.chunk(NUM_HEADS, -1)[h]
            p = pairwise.chunk(NUM_HEADS, -1)[h]
            updates = []
            for j in range(len(tokens)):
                logits, messages = [], []
                for i in range(len(tokens)):
                    logits.append(
                        self.linear(f'{start}attn.{h}',
                                    torch.cat([u[i], u[j], p[i, j]])))
                    messages.append(
                        self.linear(f'{start}message.{h}', u[i] * p[i, j]))
                weights = torch.stack(logits).softmax(0)
                updates.append((weights * torch.stack(messages)).sum(0))
            heads.append(torch.stack(updates))
        update = self.linear(f'{start}aggregate', torch.cat(heads, -1).relu())
        return self.ffn(f'{start}ffn',
                        self.norm(f'{start}norm', tokens + update, 1e-5))

    def fuse(self, name: str, appearance: Tensor, spatial: Tensor) -> Tensor:
        """A multi-branch fusion."""
        branches = [
            self.linear(f'{name}.fc_3.{b}',
                        (self.linear(f'{name}.fc_1.{b}', appearance) *
                         self.linear(f'{name}.fc_2.{b}', spatial)).relu())
            for b in range(NUM_BRANCHES)
        ]
        return torch.stack(branches).sum(0).relu()

    def compete(self, pairs: Tensor) -> Tensor:
        """The competitive layer."""
        start = 'comp_layer.attention.'
        query, key, value = (
            self.linear(f'{start}attention.{name}',
                        pairs).chunk(NUM_HEADS, -1)
            for name in ('query', 'key', 'value'))
        heads = [(q @ k.T / q.shape[-1]**0.5).softmax(-1) @ v
                 for q, k, v in zip(query, key, value)]
        update = self.linear(f'{start}output.aggregate', torch.cat(heads, -1))
        return self.ffn('comp_layer.ffn',
                        self.norm(f'{start}output.norm', pairs + update))

    def __call__(self, tokens: Tensor, code: Tensor, sub_inds: Tensor,
                 obj_inds: Tensor, global_feature: Tensor) -> Tensor:
        """Logits of the pairs.

        Args:
            tokens (Tensor): Of N boxes, (N, D).
            code (Tensor): Of their positions, (N, N, 36).
            sub_inds (Tensor): Humans of M pairs, (M, ).
            obj_inds (Tensor): Their objects, (M, ).
            global_feature (Tensor): Shape (C, ).

        Returns:
            Tensor: Shape (M, V).
        """
        for layer in (0, 2, 4):
            code = self.linear(f'spatial_head.{layer}', code).relu()
        for layer in range(2):
            tokens = self.cooperate(f'coop_layer.mod_enc.{layer}.', tokens,
                                    code)
        pairs = []
        for i, j in zip(sub_inds, obj_inds):
            both = torch.cat([tokens[i], tokens[j]])
            pairs.append(
                torch.cat([
                    self.fuse('mbf', both, code[i, j]),
                    self.fuse('mbf_g', global_feature, code[i, j])
                ]))
        return self.linear('box_pair_predictor',
                           self.compete(torch.stack(pairs)))
