# Copyright (c) mmhoi contributors.
from typing import Optional, Tuple

import torch
from mmdet.utils import ConfigType
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.registry import TASK_UTILS
from mmhoi.structures import PairProposals


@TASK_UTILS.register_module()
class HumanObjectPairs:
    """Pairs of every human with every other box of an image.

    Args:
        selector (dict): Config of what selects the boxes, such as
            :class:`InstanceSelector`.
        max_pairs (int, optional): More pairs in an image are an error instead
            of more memory: it grows with their square. None allows any
            number. Defaults to 4096.
    """

    def __init__(self,
                 selector: ConfigType = dict(type='InstanceSelector'),
                 max_pairs: Optional[int] = 4096) -> None:
        self.select = TASK_UTILS.build(selector)
        self.max_pairs = max_pairs

    def __call__(
            self,
            instances: InstanceData) -> Tuple[InstanceData, PairProposals]:
        """Select the boxes of one image and pair them.

        Args:
            instances (InstanceData): bboxes (N', 4) xyxy in pixels of the
                input image, labels and scores (N', ), and any other field.

        Returns:
            tuple[InstanceData, PairProposals]: The N selected rows, and the
            pairs of them.

        Raises:
            ValueError: If there are more than `max_pairs` pairs.
        """
        chosen = self.select(instances)
        sub_inds, obj_inds = pair_indices(
            chosen.labels == self.select.human_label)
        if self.max_pairs is not None and len(sub_inds) > self.max_pairs:
            raise ValueError(
                f'{len(chosen)} boxes of an image make {len(sub_inds)} pairs, '
                f'but pair_proposer.max_pairs={self.max_pairs}; lower '
                'pair_proposer.selector.max_instances, raise its score_thr, '
                'or raise max_pairs if memory allows')
        return chosen, PairProposals(chosen.bboxes, chosen.labels,
                                     chosen.scores, sub_inds, obj_inds)


def pair_indices(is_human: Tensor) -> Tuple[Tensor, Tensor]:
    """Rows of humans and of all other boxes with each of them.

    Args:
        is_human (Tensor): Which boxes are humans, bool, shape (N, ).

    Returns:
        tuple[Tensor, Tensor]: Human and object of each pair, human by human,
        int64, both (M, ). No human or a human alone make no pair.

    Examples:
        >>> pair_indices(torch.tensor([True, True, False]))
        (tensor([0, 0, 1, 1]), tensor([1, 2, 0, 2]))
    """
    others = ~torch.eye(
        len(is_human), dtype=torch.bool, device=is_human.device)
    return (is_human[:, None] & others).nonzero(as_tuple=True)
