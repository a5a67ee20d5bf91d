# Copyright (c) mmhoi contributors.
from typing import NamedTuple, Optional

from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.utils.known_keys import check_keys
from ..layers.pair_nms import pair_nms


class CombinationScores(NamedTuple):
    """Scores of every combination of a pair with an HOI class.

    Symbols: Q pairs of an image, H HOIs. There may be the same leading
    dimensions, such as layers and images, everywhere.

    Attributes:
        scores (Tensor): What predictions are ranked by, shape (Q, H); minus
            infinity where pair and HOI exclude each other.
        confidences (Tensor): What a person may read off a picture, 0..1,
            shape (Q, H).
        obj_scores (Tensor): Score of the object of each combination, 0..1,
            shape (Q, H).
        obj_labels (Tensor): Its class, int64, shape (Q, H).
    """
    scores: Tensor
    confidences: Tensor
    obj_scores: Tensor
    obj_labels: Tensor


class PairSelector:
    """The predictions of an image: the best combinations, then pair NMS.

    Args:
        max_per_img (int, optional): Number of combinations that are kept;
            None keeps all that are possible. Defaults to 100.
        pair_nms (dict, optional): Thresholds of :func:`pair_nms`, or None for
            no suppression. Defaults to None.

    Examples:
        >>> import torch
        >>> table = torch.tensor([[0.9, 0.2], [float('-inf'), 0.5]])
        >>> zeros = torch.zeros(2, 2)
        >>> select = PairSelector(max_per_img=3)
        >>> pred = select(
        ...     CombinationScores(table, table, zeros, zeros.long()),
        ...     torch.tensor([4, 7]), torch.zeros(2, 4), torch.zeros(2, 4),
        ...     torch.zeros(2).long())
        >>> pred.verb_labels
        tensor([4, 7, 7])
        >>> pred.query_inds
        tensor([0, 1, 0])
    """

    def __init__(self,
                 max_per_img: Optional[int] = 100,
                 pair_nms: Optional[dict] = None) -> None:
        self.max_per_img = max_per_img
        check_keys(pair_nms or {}, ('iou_thr', 'sub_power', 'obj_power'),
                   '`model.test_cfg.pair_nms`')
        self.pair_nms = pair_nms

    def __call__(self, combinations: CombinationScores, hoi_verbs: Tensor,
                 sub_bboxes: Tensor, obj_bboxes: Tensor,
                 top_obj_labels: Tensor) -> InstanceData:
        """Select the predictions of one image.

        Args:
            combinations (CombinationScores): Of Q pairs and H HOIs.
            hoi_verbs (Tensor): Verb of each HOI, int64, shape (H, ).
            sub_bboxes (Tensor): Human boxes, xyxy in pixels of the image that
                predictions are for, shape (Q, 4).
            obj_bboxes (Tensor): Object boxes, likewise, shape (Q, 4).
            top_obj_labels (Tensor): Most likely object class of each pair,
                int64, shape (Q, ).

        Returns:
            InstanceData: K predictions in descending order of score:
            sub_bboxes, obj_bboxes (K, 4), not clipped; labels, verb_labels,
            obj_labels (of the HOI), top_obj_labels (of the pair), scores,
            confidences, obj_scores, query_inds (K, ).
        """
        num_hois = len(hoi_verbs)
        flat = combinations.scores.flatten()
        limit = len(flat) if self.max_per_img is None else self.max_per_img
        scores, inds = flat.topk(min(limit, len(flat)))
        possible = scores.isfinite() | scores.isnan()
        scores, inds = scores[possible], inds[possible]
        queries, labels = inds // num_hois, inds % num_hois
        results = InstanceData(
            sub_bboxes=sub_bboxes[queries],
            obj_bboxes=obj_bboxes[queries],
            labels=labels,
            verb_labels=hoi_verbs[labels],
            obj_labels=combinations.obj_labels.flatten()[inds],
            top_obj_labels=top_obj_labels[queries],
            scores=scores,
            confidences=combinations.confidences.flatten()[inds],
            obj_scores=combinations.obj_scores.flatten()[inds],
            query_inds=queries)
        if self.pair_nms is None:
            return results
        return results[pair_nms(results.sub_bboxes, results.obj_bboxes, scores,
                                labels, **self.pair_nms)]
