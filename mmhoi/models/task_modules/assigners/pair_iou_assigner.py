# Copyright (c) mmhoi contributors.
import torch
from mmengine.structures import InstanceData
from torch import Tensor
from torchvision.ops import box_iou

from mmhoi.registry import TASK_UTILS
from mmhoi.structures import PairProposals


@TASK_UTILS.register_module()
class PairIoUAssigner:
    """Labels of proposed pairs: those of all annotated pairs they overlap.

    A proposal and an annotated pair belong together if both their humans and
    their objects overlap enough; object classes are not compared. Several may
    belong to one, either way, as in UPT.

    Args:
        iou_thr (float): Least IoU of both boxes. Defaults to 0.5.
    """

    def __init__(self, iou_thr: float = 0.5) -> None:
        self.iou_thr = iou_thr

    def assign(self, proposals: PairProposals, gt_pairs: InstanceData,
               labels: Tensor) -> Tensor:
        """Label the proposed pairs of one image.

        Args:
            proposals (PairProposals): M pairs.
            gt_pairs (InstanceData): P annotated pairs: sub_bboxes and
                obj_bboxes (P, 4), xyxy in pixels of the input image. A pair
                without object (V-COCO) has a zero box, which overlaps none.
            labels (Tensor): Classes of the annotated pairs, 0 or 1, float,
                shape (P, V).

        Returns:
            Tensor: Classes of the proposed pairs, 0 or 1, float, shape
            (M, V).

        Examples:
            >>> boxes = torch.tensor([[0., 0, 4, 4], [5, 5, 9, 9]])
            >>> pairs = PairProposals(
            ...     boxes, torch.tensor([0, 3]), torch.ones(2),
            ...     torch.tensor([0]), torch.tensor([1]))
            >>> gt = InstanceData(sub_bboxes=boxes[:1], obj_bboxes=boxes[1:])
            >>> PairIoUAssigner().assign(pairs, gt, torch.eye(3)[:1])
            tensor([[1., 0., 0.]])
        """
        sub_ious = box_iou(proposals.boxes, gt_pairs.sub_bboxes)
        obj_ious = box_iou(proposals.boxes, gt_pairs.obj_bboxes)
        overlaps = torch.minimum(sub_ious[proposals.sub_inds],
                                 obj_ious[proposals.obj_inds])
        belongs = (overlaps >= self.iou_thr).to(labels.dtype)
        return (belongs @ labels).clamp(max=1)
