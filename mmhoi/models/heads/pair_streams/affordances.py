# Copyright (c) mmhoi contributors.
"""What can be done with an object: verbs of others, tried on it."""
from typing import NamedTuple

import torch
from torch import Tensor

from .pair_rows import PairRows
from .pair_stream import PairStream


class VerbBank(NamedTuple):
    """Pairs of which the verbs are known: K of them, V verbs.

    Attributes:
        rows (PairRows): The pairs.
        verbs (Tensor): Their verbs, 0 or 1, shape (K, V).
    """
    rows: PairRows
    verbs: Tensor


def affordances(stream: PairStream, bank: VerbBank, objects: Tensor) -> Tensor:
    """How probable each verb is with each object.

    Every pair of the bank is classified with each object in place of its own;
    a verb's probability is the mean over its HOIs, counted where the pair of
    the bank has that verb, as a mean over those pairs. The class of the object
    is not asked for. ATL (https://arxiv.org/abs/2104.02867), section 3.4.

    Args:
        stream (PairStream): Classifies HOIs by features of objects, among
            others.
        bank (VerbBank): K pairs.
        objects (Tensor): Object features, shape (N, C).

    Returns:
        Tensor: 0..1, shape (N, V); 0 for verbs that the bank does not have.

    Raises:
        ValueError: If the stream does not look at objects, or tells no HOIs.
    """
    if 'obj' not in stream.inputs or stream.classes != 'hoi':
        raise ValueError(
            'affordances are asked of a stream that tells HOIs by `obj` among '
            f'its inputs; this one tells classes="{stream.classes}" by '
            f'{", ".join(stream.inputs)}')
    hoi_verbs = torch.from_numpy(stream.label_space.hoi_verbs)
    # Mean over the HOIs of each verb.
    table = torch.eye(bank.verbs.shape[1])[hoi_verbs].to(objects)
    table = table / table.sum(0).clamp(min=1)
    counts = bank.verbs.sum(0)
    results = []
    for features in objects:
        rows = bank.rows._replace(
            obj=features.expand(len(bank.verbs), -1).contiguous())
        probs = stream.hoi_probabilities(stream(rows)) @ table
        results.append((probs * bank.verbs).sum(0) / counts.clamp(min=1))
    return torch.stack(results) if results else objects.new_zeros(
        0, len(counts))
