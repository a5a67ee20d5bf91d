# Copyright (c) mmhoi contributors.
from typing import Optional, Tuple

import torch
import torch.nn.functional as F
from mmdet.utils import ConfigType
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.registry import TASK_UTILS
from mmhoi.structures import HOIDataSample, PairProposals
from .pair_overlaps import free_of_withheld, pair_ious


@TASK_UTILS.register_module()
class IoUPairSampler:
    """Training pairs of ConsNet: detected ones by overlap, and annotated ones.

    The IoU of two pairs is the smaller one of humans and objects. A detected
    pair is positive if it overlaps an annotated one enough, negative if it
    overlaps all of them little; between the two it is ignored. The annotated
    pairs themselves are positives as well. Positives come first.

    Args:
        pairs (dict): Config of what makes the detected pairs, such as
            `DetectionPairs`.
        pos_iou_thr (float): Least IoU of a positive with an annotated pair.
            Defaults to 0.6.
        neg_iou_thr (float): A negative's IoU with each is below it. Defaults
            to 0.4.
        max_negatives (int, optional): To each positive so many negatives, the
            first ones. Defaults to 50; None for all.
        spare_withheld (bool): Whether what overlaps an annotation that a
            zero-shot split withholds is no negative either, as officially;
            otherwise training takes it for one. Defaults to True.
        add_annotated (bool): Whether annotated pairs are added. It needs
            features of any boxes: the states of a DETR's queries are none.
            Defaults to True.

    Raises:
        ValueError: If a number is out of range.
    """

    def __init__(self,
                 pairs: ConfigType,
                 pos_iou_thr: float = 0.6,
                 neg_iou_thr: float = 0.4,
                 max_negatives: Optional[int] = 50,
                 spare_withheld: bool = True,
                 add_annotated: bool = True) -> None:
        if not 0 < neg_iou_thr <= pos_iou_thr <= 1:
            raise ValueError(
                f'IoUPairSampler: neg_iou_thr={neg_iou_thr}, pos_iou_thr='
                f'{pos_iou_thr}; allowed: 0 < neg_iou_thr <= pos_iou_thr <= 1')
        if max_negatives is not None and max_negatives < 0:
            raise ValueError(f'IoUPairSampler: max_negatives={max_negatives}; '
                             'allowed: numbers from 0, or None')
        self.detected = TASK_UTILS.build(pairs)
        self.pos_iou_thr = pos_iou_thr
        self.neg_iou_thr = neg_iou_thr
        self.max_negatives = max_negatives
        self.spare_withheld = spare_withheld
        self.add_annotated = add_annotated

    def __call__(
            self, instances: InstanceData,
            data_sample: HOIDataSample) -> Tuple[InstanceData, PairProposals]:
        """Make the pairs of one training image.

        Args:
            instances (InstanceData): Detected boxes: bboxes (N', 4) xyxy in
                pixels of the input image, labels and scores (N', ), and
                all_scores (N', O) if they are known.
            data_sample (HOIDataSample): With `gt_hoi_instances`.

        Returns:
            tuple[InstanceData, PairProposals]: The detected boxes, then those
            of annotated pairs, each with a box of its own for human and
            object; and the M pairs, with `gt_inds`: of a positive the
            annotated pair that it overlaps most.
        """
        gt_pairs = data_sample.gt_hoi_instances
        boxes = self.detected.boxes(instances)
        subs, objs = self.detected.pairs(boxes)
        overlaps = pair_ious(boxes.bboxes, subs, objs, gt_pairs)
        best, gt_inds = _best_overlaps(overlaps)
        is_positive = best >= self.pos_iou_thr
        gt_inds = torch.where(is_positive, gt_inds, -1)
        added = self._annotated(gt_pairs)
        positive = is_positive.nonzero().flatten()
        is_negative = best < self.neg_iou_thr
        if self.spare_withheld:
            is_negative &= free_of_withheld(boxes.bboxes, subs, objs,
                                            data_sample, self.neg_iou_thr)
        negative = is_negative.nonzero().flatten()
        if self.max_negatives is not None:
            count = len(positive) + len(added)
            negative = negative[:self.max_negatives * count]
        num_boxes, num_added = len(boxes), len(added)
        if num_added:
            boxes = _joined(boxes, gt_pairs[added], self.detected.human_label)
        rows = num_boxes + torch.arange(num_added, device=added.device)
        return boxes, PairProposals(
            boxes.bboxes,
            boxes.labels,
            boxes.scores,
            torch.cat([subs[positive], rows, subs[negative]]),
            torch.cat([objs[positive], rows + num_added, objs[negative]]),
            torch.cat([gt_inds[positive], added, gt_inds[negative]]),
            all_scores=boxes.get('all_scores'))

    def _annotated(self, gt_pairs: InstanceData) -> Tensor:
        """Annotated pairs that are added: those with an object."""
        has_object = (gt_pairs.obj_bboxes[:, 2:]
                      > gt_pairs.obj_bboxes[:, :2]).all(1)
        return (has_object & self.add_annotated).nonzero().flatten()


def _best_overlaps(overlaps: Tensor) -> Tuple[Tensor, Tensor]:
    """Largest IoU of each pair, 0 without annotated ones, and with which."""
    if not overlaps.shape[1]:
        nothing = overlaps.new_zeros(len(overlaps))
        return nothing, nothing.long()
    return overlaps.max(1)


def _joined(boxes: InstanceData, gt_pairs: InstanceData,
            human_label: int) -> InstanceData:
    """Detected boxes, then annotated humans, then annotated objects."""
    labels = torch.cat([
        torch.full_like(gt_pairs.obj_labels, human_label), gt_pairs.obj_labels
    ])
    joined = InstanceData(
        bboxes=torch.cat(
            [boxes.bboxes, gt_pairs.sub_bboxes, gt_pairs.obj_bboxes]),
        labels=torch.cat([boxes.labels, labels]),
        scores=torch.cat([boxes.scores,
                          boxes.scores.new_ones(len(labels))]))
    if 'all_scores' in boxes:
        classes = boxes.all_scores.shape[1]
        # A detector may know fewer classes than are annotated.
        table = F.one_hot(labels, max(classes, int(labels.max()) + 1))
        joined.all_scores = torch.cat([
            F.pad(boxes.all_scores, (0, table.shape[1] - classes)),
            table.to(boxes.all_scores)
        ])
    return joined
