# Copyright (c) mmhoi contributors.
from typing import Optional, Sequence

import torch
from mmdet.models.task_modules.assigners import AssignResult, HungarianAssigner
from mmengine.structures import InstanceData
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from mmhoi.registry import TASK_UTILS


@TASK_UTILS.register_module()
class HOIHungarianAssigner(HungarianAssigner):
    """One-to-one matching of predicted pairs to annotated pairs.

    mmdet's assigner with `obj_labels` as the labels of a pair. The match
    costs are those of `hoi_match_cost.py`.
    """

    def assign(self,
               pred_instances: InstanceData,
               gt_instances: InstanceData,
               img_meta: Optional[dict] = None) -> AssignResult:
        """Match the pairs of one image.

        Args:
            pred_instances (InstanceData): Q predicted pairs, see
                `hoi_match_cost.py` for the fields.
            gt_instances (InstanceData): P annotated pairs, likewise.
            img_meta (dict, optional): Meta information of the image.

        Returns:
            AssignResult: `gt_inds` (Q, ) is 0 for a query without a pair and
            the 1-based index of its pair otherwise; `labels` (Q, ) holds
            object labels.
        """
        labelled = InstanceData(
            labels=gt_instances.obj_labels, **dict(gt_instances.items()))
        return super().assign(pred_instances, labelled, img_meta)

    @torch.no_grad()
    def assign_batch(self, pred_instances: InstanceData,
                     gt_instances: InstanceData, num_pairs: Sequence[int],
                     img_meta: dict) -> Tensor:
        """Match the pairs of all layers and images with one cost computation.

        Symbols: L layers, B images, Q queries, P largest number of pairs.

        Args:
            pred_instances (InstanceData): As in `assign`, with the leading
                dimensions (L, B).
            gt_instances (InstanceData): As in `assign`, with the leading
                dimensions (L, B), padded to P pairs.
            num_pairs (Sequence[int]): Number of pairs of each image.
            img_meta (dict): `img_shape`: heights and widths, each (B, 1).

        Returns:
            Tensor: Index of the pair of each query, -1 for none, int64,
            shape (L, B, Q).
        """
        shape = pred_instances.sub_bboxes.shape[:-1]
        pair_inds = torch.full(shape, -1)
        if max(num_pairs) > 0:
            costs = sum(
                cost(pred_instances, gt_instances, img_meta)
                for cost in self.match_costs).cpu()
            for layer_inds, layer_costs in zip(pair_inds, costs):
                for i, count in enumerate(num_pairs):
                    queries, pairs = linear_sum_assignment(
                        layer_costs[i, :, :count])
                    layer_inds[i, queries] = torch.from_numpy(pairs)
        return pair_inds.to(pred_instances.sub_bboxes.device)
