# Copyright (c) mmhoi contributors.
import torch
from torch import Tensor
from torchvision.ops import box_iou


def soft_pair_nms(sub_bboxes: Tensor,
                  obj_bboxes: Tensor,
                  scores: Tensor,
                  score_thr: float = 1e-6) -> Tensor:
    """Lower the scores of pairs that overlap better ones, class by class.

    Linear soft NMS: in falling order of score each pair multiplies the scores
    of the pairs after it by 1 - IoU; the IoU of two pairs is the smaller one
    of humans and objects. Pairs that fall below `score_thr` are dropped, but,
    as in ConsNet's code, never the very last one of a class.

    Args:
        sub_bboxes (Tensor): Human boxes, xyxy in pixels of any image scale,
            shape (M, 4).
        obj_bboxes (Tensor): Object boxes, likewise, shape (M, 4).
        scores (Tensor): Scores of H classes, shape (M, H); minus infinity
            where pair and class exclude each other.
        score_thr (float): Least score of a pair. Defaults to 1e-6.

    Returns:
        Tensor: The new scores, minus infinity where dropped, shape (M, H).

    Examples:
        >>> box = torch.tensor([[0., 0., 9., 9.]])
        >>> soft_pair_nms(box.repeat(2, 1), box.repeat(2, 1),
        ...               torch.tensor([[.5, .5], [.9, float('-inf')]]))
        tensor([[0.0000, 0.5000],
                [0.9000,   -inf]])
    """
    overlaps = torch.minimum(
        box_iou(sub_bboxes, sub_bboxes), box_iou(obj_bboxes, obj_bboxes))
    waiting = scores.isfinite()
    # Minus infinity times 0 is no number.
    live = scores.masked_fill(~waiting, 0)
    done = torch.full_like(scores, float('-inf'))
    # All classes at once: the best pair of each is done next.
    for _ in range(len(scores)):
        best, rows = live.masked_fill(~waiting, float('-inf')).max(0)
        is_last = waiting.sum(0) == 1
        good = best.isfinite() & ((best >= score_thr) | is_last)
        # Classes without a good pair have none later on.
        waiting = waiting & good
        classes = good.nonzero().flatten()
        if not len(classes):
            break
        done[rows[classes], classes] = best[classes]
        waiting[rows[classes], classes] = False
        live = live * (1 - overlaps[:, rows])
    return done
