# Copyright (c) mmhoi contributors.
from typing import Tuple

import torch
from mmengine.structures import InstanceData
from torch import Tensor
from torchvision.ops import box_iou, clip_boxes_to_image

from mmhoi.registry import TASK_UTILS
from mmhoi.structures import HOIDataSample, PairProposals
from .human_object_pairs import pair_indices
from .pair_overlaps import free_of_withheld, pair_ious


@TASK_UTILS.register_module()
class JitterPairSampler:
    """Training pairs of VCL: annotated ones, shaken, and detected ones.

    Of each image up to `max_pairs` annotated pairs are drawn, each with
    `copies` copies of which both boxes are moved and scaled a little. To
    every drawn pair come up to `neg_ratio` negatives: pairs of detected boxes
    that overlap no annotated pair. Positives come first. VCL
    (https://arxiv.org/abs/2007.12407), the flag `aug5` of its code.

    Args:
        max_pairs (int): Defaults to 5.
        copies (int): Defaults to 6.
        iou_thr (float): A copy of a box has at least this IoU with it.
            Defaults to 0.7.
        neg_ratio (int): Defaults to 24.
        neg_iou_thr (float): A negative has, with every annotated pair, an IoU
            below this one of the humans or of the objects. Defaults to 0.5.
        spare_withheld (bool): Whether what overlaps an annotation that a
            zero-shot split withholds is no negative either, as officially;
            otherwise training takes it for one. Defaults to True.
        tries (int): How many copies of a box are drawn of which `copies` have
            to be good; there may be fewer. Defaults to 150.
        human_label (int): Object class of humans. Defaults to 0.

    Raises:
        ValueError: If a number is out of range.
    """

    def __init__(self,
                 max_pairs: int = 5,
                 copies: int = 6,
                 iou_thr: float = 0.7,
                 neg_ratio: int = 24,
                 neg_iou_thr: float = 0.5,
                 spare_withheld: bool = True,
                 tries: int = 150,
                 human_label: int = 0) -> None:
        if max_pairs < 1 or copies < 0 or neg_ratio < 0:
            raise ValueError(
                f'JitterPairSampler: max_pairs={max_pairs}, copies={copies}, '
                f'neg_ratio={neg_ratio}; allowed: max_pairs from 1, the '
                'others from 0')
        if not 0 < iou_thr < 1:
            raise ValueError(f'JitterPairSampler: iou_thr={iou_thr} must lie '
                             'between 0 and 1')
        self.max_pairs = max_pairs
        self.copies = copies
        self.iou_thr = iou_thr
        self.neg_ratio = neg_ratio
        self.neg_iou_thr = neg_iou_thr
        self.spare_withheld = spare_withheld
        self.tries = tries
        self.human_label = human_label

    def __call__(
            self, instances: InstanceData,
            data_sample: HOIDataSample) -> Tuple[InstanceData, PairProposals]:
        """Make the pairs of one training image.

        Args:
            instances (InstanceData): Detected boxes: bboxes (N', 4) xyxy in
                pixels of the input image, labels and scores (N', ).
            data_sample (HOIDataSample): With `img_shape` and
                `gt_hoi_instances`.

        Returns:
            tuple[InstanceData, PairProposals]: Boxes of the positives, each
            with a box of its own for human and object, then the detected
            ones; and the M pairs, with `gt_inds`.
        """
        gt_pairs = data_sample.gt_hoi_instances
        has_object = (gt_pairs.obj_bboxes[:, 2:]
                      > gt_pairs.obj_bboxes[:, :2]).all(1).nonzero().flatten()
        order = torch.randperm(len(has_object))[:self.max_pairs]
        drawn = has_object[order.to(has_object.device)]
        shape = data_sample.img_shape[:2]
        subs, objs, gt_inds = [], [], []
        for row in drawn.tolist():
            both = [
                torch.cat([box[None], self.shake(box, shape)])
                for box in (gt_pairs.sub_bboxes[row], gt_pairs.obj_bboxes[row])
            ]
            count = min(map(len, both))
            subs.append(both[0][:count])
            objs.append(both[1][:count])
            gt_inds += [row] * count
        neg_subs, neg_objs = self._negatives(instances, data_sample,
                                             len(drawn))
        num_pos, device = len(gt_inds), instances.bboxes.device
        empty = [instances.bboxes.new_zeros(0, 4)]
        rows = torch.arange(num_pos, device=device)
        gt_inds = torch.tensor(gt_inds, dtype=torch.long, device=device)
        chosen = InstanceData(
            bboxes=torch.cat(
                [*(subs or empty), *(objs or empty), instances.bboxes]),
            labels=torch.cat([
                torch.full_like(gt_inds, self.human_label),
                gt_pairs.obj_labels[gt_inds], instances.labels
            ]),
            scores=torch.cat(
                [instances.scores.new_ones(2 * num_pos), instances.scores]))
        return chosen, PairProposals(
            chosen.bboxes, chosen.labels, chosen.scores,
            torch.cat([rows, neg_subs + 2 * num_pos]),
            torch.cat([rows + num_pos, neg_objs + 2 * num_pos]),
            torch.cat([gt_inds, gt_inds.new_full(neg_subs.shape, -1)]))

    def shake(self, box: Tensor, img_shape: Tuple[int, int]) -> Tensor:
        """Copies of a box that are moved and scaled a little.

        Sides are scaled by 0.90, 0.91, ... 1.10, and the centre is moved by
        up to a tenth of them, inside of the image.

        Args:
            box (Tensor): xyxy in pixels of the input image, shape (4, ).
            img_shape (tuple[int, int]): Height and width of the image.

        Returns:
            Tensor: At most `copies` boxes, shape (C, 4).

        Examples:
            >>> box = torch.tensor([20., 20., 60., 60.])
            >>> copies = JitterPairSampler(copies=3).shake(box, (100, 100))
            >>> bool((box_iou(copies, box[None]) > 0.7).all())
            True
        """
        centre, sides = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        scale = 0.9 + 0.01 * torch.randint(21, (self.tries, 2))
        shift = torch.rand(self.tries, 2) * 2 - 1
        # The steps of the official code: a tenth of whole pixels.
        shift = (shift.to(box) * sides).round() * 0.1
        half = sides * scale.to(box) / 2
        boxes = torch.cat([centre + shift - half, centre + shift + half], 1)
        boxes = clip_boxes_to_image(boxes, img_shape)
        good = box_iou(boxes, box[None]).squeeze(1) > self.iou_thr
        return boxes[good][:self.copies]

    def _negatives(self, instances: InstanceData, data_sample: HOIDataSample,
                   num_drawn: int) -> Tuple[Tensor, Tensor]:
        """Humans and objects of detected pairs that are not annotated."""
        subs, objs = pair_indices(instances.labels == self.human_label)
        overlaps = pair_ious(instances.bboxes, subs, objs,
                             data_sample.gt_hoi_instances)
        is_free = (overlaps < self.neg_iou_thr).all(1)
        if self.spare_withheld:
            is_free &= free_of_withheld(instances.bboxes, subs, objs,
                                        data_sample, self.neg_iou_thr)
        free = is_free.nonzero().flatten()
        order = torch.randperm(len(free))[:self.neg_ratio * num_drawn]
        kept = free[order.to(free.device)]
        return subs[kept], objs[kept]
