# Copyright (c) mmhoi contributors.
from typing import Optional

from mmdet.models.task_modules.assigners.match_cost import BaseMatchCost
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.registry import TASK_UTILS


@TASK_UTILS.register_module()
class PairnessCost(BaseMatchCost):
    """Negated probability that a query is a pair at all (CDN).

    `matching_logits` (Q, 2) of the predictions are the head's, see
    :class:`CDNHead`.
    """

    def __call__(self,
                 pred_instances: InstanceData,
                 gt_instances: InstanceData,
                 img_meta: Optional[dict] = None) -> Tensor:
        """Return the weighted cost, shape (Q, P): of every pair the same."""
        cost = -self.weight * pred_instances.matching_logits.softmax(-1)
        count = gt_instances.obj_labels.size(-1)
        return cost[..., 1:].expand(*cost.shape[:-1], count)
