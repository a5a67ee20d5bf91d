# Copyright (c) mmhoi contributors.
"""Which nodes of a consistency graph are neighbours."""
from typing import Dict, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor

from mmhoi.label_spaces import LabelSpace
from .node_words import NodeWords

#: By kind of node: how many of the same kind it is linked to.
NEIGHBOURS = dict(hoi=3, verb=2, object=3)
VISUAL_WEIGHT, WORD_WEIGHT = 0.6, 0.5


def consistency_edges(
        label_space: LabelSpace,
        words: NodeWords,
        visual: Optional[Dict[str, Tuple[Tensor, Tensor]]] = None) -> Tensor:
    """Link HOIs to their parts, and all nodes to the most similar ones.

    An HOI is a neighbour of the human, of its verb and of its object. Besides,
    3 other HOIs, 2 other verbs or 3 other objects are neighbours of each:
    those that look and are called most alike, by the cosine of the mean look
    and the word vector, each of length 1, with weights 0.6 and 0.5. Where one
    of two classes has no look, their words alone tell. Nodes are neighbours of
    themselves, but the human is not.

    Args:
        label_space (LabelSpace): H HOIs, V verbs and O objects.
        words (NodeWords): A vector for each node.
        visual (dict, optional): By kind (`hoi`, `verb`, `object`) the mean
            look of each class (classes, C), and whether it has one, bool
            (classes, ). Defaults to None: by words alone.

    Returns:
        Tensor: bool, shape (N, N), N = H + 1 + V + O nodes in this order.
    """
    starts = node_starts(label_space)
    size = starts['object'] + len(label_space.objects)
    edges = torch.zeros(size, size, dtype=torch.bool)
    for kind, count in NEIGHBOURS.items():
        table = _similarity(getattr(words, kind), (visual or {}).get(kind))
        near = table.argsort(1, descending=True)[:, :count + 1]
        rows = torch.arange(len(near))[:, None]
        edges[starts[kind] + rows, starts[kind] + near] = True
    hois = torch.arange(len(label_space.hoi_verbs))
    objects = torch.from_numpy(label_space.hoi_objects)
    named = (objects >= 0) & (objects < len(label_space.objects))
    edges[hois, starts['human']] = True
    edges[hois,
          starts['verb'] + torch.from_numpy(label_space.hoi_verbs)] = True
    edges[hois[named], starts['object'] + objects[named]] = True
    return edges | edges.T


def node_starts(label_space: LabelSpace) -> Dict[str, int]:
    """Where the nodes of each kind begin.

    Args:
        label_space (LabelSpace): Its classes.

    Returns:
        dict[str, int]: First node of `hoi`, `human`, `verb` and `object`.
    """
    num_hois, num_verbs = len(label_space.hoi_verbs), len(label_space.verbs)
    return dict(
        hoi=0,
        human=num_hois,
        verb=num_hois + 1,
        object=num_hois + 1 + num_verbs)


def _similarity(words: Tensor, look: Optional[Tuple[Tensor,
                                                    Tensor]]) -> Tensor:
    """Cosines of the classes of one kind, shape (classes, classes)."""
    words = F.normalize(words)
    by_words = words @ words.T
    if look is None:
        return by_words
    means, known = look
    mixed = F.normalize(
        torch.cat([VISUAL_WEIGHT * F.normalize(means), WORD_WEIGHT * words],
                  1))
    return torch.where(known[:, None] & known, mixed @ mixed.T, by_words)
