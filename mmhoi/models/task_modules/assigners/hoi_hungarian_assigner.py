# Copyright (c) mmhoi contributors.
from typing import Optional

from mmdet.models.task_modules.assigners import AssignResult, HungarianAssigner
from mmengine.structures import InstanceData

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
            pred_instances (InstanceData): Q predicted pairs: hoi_logits,
                obj_logits, sub_bboxes, obj_bboxes (xyxy, input-image pixels).
            gt_instances (InstanceData): P annotated pairs: hoi_labels,
                obj_labels, sub_bboxes, obj_bboxes (xyxy, input-image pixels).
            img_meta (dict, optional): Meta information of the image.

        Returns:
            AssignResult: `gt_inds` (Q, ) is 0 for a query without a pair and
            the 1-based index of its pair otherwise; `labels` (Q, ) holds
            object labels.
        """
        labelled = InstanceData(
            labels=gt_instances.obj_labels, **dict(gt_instances.items()))
        return super().assign(pred_instances, labelled, img_meta)
