# Copyright (c) mmhoi contributors.
from typing import Any, Sequence

import torch
from torch import Tensor, nn

from mmhoi.utils.setup_error import SetupError


def inverse_frequency(counts: Tensor, power: float) -> Tensor:
    """Weights of classes: the rarer the heavier (CDN, "Dynamic re-weighting").

    `(S / n) ** power` with the sum S of all classes but the last, which is
    the background. Those of the others are divided by their mean; a class
    that does not occur weighs nothing.

    Args:
        counts (Tensor): Counts n of C classes and the background, (C + 1, ).
        power (float): The exponent.

    Returns:
        Tensor: Weights, float32, shape (C + 1, ).

    Examples:
        >>> inverse_frequency(torch.tensor([1, 3, 0, 4]), power=1.0)
        tensor([1.5000, 0.5000, 0.0000, 1.0000])
    """
    counts = counts.double()
    weights = (counts[:-1].sum() / counts.clamp(min=1))**power
    weights = weights.where(counts > 0, 0.0)
    seen = (counts[:-1] > 0).sum().clamp(min=1)
    mean = weights[:-1].sum() / seen
    # Without any class there is nothing to divide by.
    weights[:-1] /= mean.where(mean > 0, 1.0)
    return weights.float()


class ClassReweighting(nn.Module):
    """Weights of classes that follow what the last batches had.

    They lie between those of the whole training set and those of a queue of
    counts, the more of the latter the longer the queue is. Unlike in the
    official code the queue is a buffer: it is saved in checkpoints, and a run
    that is resumed goes on as it would have done.

    Args:
        counts (Sequence[int]): Occurrences of C classes in the training set.
        queue_size (int): Largest length of the queue. Defaults to 4704.
        power (float): Exponent of :func:`inverse_frequency`. Defaults to 0.7.
        static (bool): Whether the weights stay those of the training set.
            Defaults to False.
        weights_per_layer (bool): Whether each decoder layer adds to the queue
            and has weights of its own, as in the official code, or the last
            one adds for all. Defaults to True.

    Raises:
        SetupError: If an argument has no meaning.

    Examples:
        >>> reweighting = ClassReweighting([1, 3])
        >>> reweighting(torch.tensor([2, 2, 4]))
        tensor([1.3300, 0.6700, 0.5171])
    """

    #: Occurrences of the background for each of a class.
    BACKGROUND = 3
    #: Share of the training set with a queue of length n: DECAY ** n, at most
    #: LARGEST.
    DECAY, LARGEST = 0.999, 0.9

    def __init__(self,
                 counts: Sequence[int],
                 queue_size: int = 4704,
                 power: float = 0.7,
                 static: bool = False,
                 weights_per_layer: bool = True) -> None:
        super().__init__()
        if queue_size < 1 or power < 0 or min(counts) < 0 or not any(counts):
            raise SetupError(
                f'class re-weighting: queue_size={queue_size}, power={power}, '
                f'counts={list(counts)[:4]}...; queue_size must be at least '
                '1, power and counts must not be negative, and not all '
                'counts 0')
        self.power = power
        self.static = static
        self.weights_per_layer = weights_per_layer
        counts = torch.as_tensor([*counts, self.BACKGROUND * sum(counts)])
        self.register_buffer(
            'initial', inverse_frequency(counts, power), persistent=False)
        self.register_buffer(
            'queue', torch.zeros(queue_size, len(counts), dtype=torch.int32))
        self.register_buffer('num_pushed', torch.tensor(0))

    def forward(self, counts: Tensor) -> Tensor:
        """Take the counts of a batch in, and give the weights for it.

        Args:
            counts (Tensor): Of C classes and the background, (C + 1, ).

        Returns:
            Tensor: Weights, float32, shape (C + 1, ).
        """
        if self.static:
            return self.initial
        size = len(self.queue)
        self.queue[self.num_pushed % size] = counts.to(self.queue)
        self.num_pushed += 1
        length = self.num_pushed.clamp(max=size).double()
        share = (self.DECAY**length).clamp(max=self.LARGEST).float()
        recent = inverse_frequency(self.queue.sum(0), self.power)
        return share * self.initial + (1 - share) * recent

    def _load_from_state_dict(self, state_dict: dict, prefix: str, *args:
                              Any) -> None:
        """Weights of a training without re-weighting: the queue is empty."""
        for name in ('queue', 'num_pushed'):
            state_dict.setdefault(prefix + name,
                                  torch.zeros_like(getattr(self, name)))
        super()._load_from_state_dict(state_dict, prefix, *args)
