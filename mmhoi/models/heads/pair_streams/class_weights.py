# Copyright (c) mmhoi contributors.
from typing import Optional, Sequence, Tuple

import torch
from torch import Tensor

from mmhoi.label_spaces import LabelSpace
from mmhoi.registry import TASK_UTILS


@TASK_UTILS.register_module()
class ClassFrequencyWeights:
    """Weights of HOI classes: the logarithm of how seldom they are.

    `log(S / n)` for a class with n training pairs of S, at least one each; as
    in VCL (https://arxiv.org/abs/2007.12407).

    Args:
        unseen (float, optional): Weight of the classes that a zero-shot split
            withholds. Defaults to None: as if they had one pair.
        extra_counts (Sequence[tuple[int, int]]): HOI ids, and how many pairs
            they have besides the annotated ones: mined negatives with the
            verb no_interaction, say. Defaults to none.
    """

    def __init__(self,
                 unseen: Optional[float] = None,
                 extra_counts: Sequence[Tuple[int, int]] = ()) -> None:
        self.unseen = unseen
        self.extra_counts = extra_counts

    def __call__(self, label_space: LabelSpace,
                 zero_shot_split: Optional[str]) -> Tensor:
        """Weights of the classes of a label space.

        Args:
            label_space (LabelSpace): With its training counts.
            zero_shot_split (str, optional): What training does not see.

        Returns:
            Tensor: Shape (H, ).

        Raises:
            ValueError: If there are no counts, or extra ones of no HOI.

        Examples:
            >>> from mmhoi.label_spaces import load_label_space
            >>> ClassFrequencyWeights()(load_label_space('hico_det'), None)[:2]
            tensor([6.5069, 7.0924])
        """
        counts = torch.from_numpy(label_space.num_train).double()
        if not counts.any():
            raise ValueError(
                f'the label space {label_space.name} has no training counts, '
                'which ClassFrequencyWeights takes; leave `class_weights` out '
                'of interaction_head')
        for hoi, count in self.extra_counts:
            if not 0 <= hoi < len(counts):
                raise ValueError(
                    f'ClassFrequencyWeights: extra_counts of HOI {hoi}; '
                    f'allowed: 0 to {len(counts) - 1}, the HOIs of '
                    f'{label_space.name}')
            counts[hoi] += count
        unseen = torch.from_numpy(label_space.unseen_hois(zero_shot_split))
        counts[unseen] = 0
        weights = (counts.sum() / counts.clamp(min=1)).log()
        if self.unseen is not None:
            weights[unseen] = self.unseen
        return weights.float()
