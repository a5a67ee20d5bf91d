# Copyright (c) mmhoi contributors.
from typing import Dict, Optional

from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.utils.known_keys import check_keys
from ...layers.pair_nms import pair_nms
from ..selection import CombinationScores, PairSelector


class QuerySelector(PairSelector):
    """Suppression of whole queries before the best combinations are taken.

    What CDN's program does when it writes predictions for the official
    evaluation of V-COCO: queries with the same most likely object suppress
    each other by their best score, and all verbs of a query go with it.

    Args:
        max_per_img (int, optional): As in the base class.
        query_nms (dict): Thresholds of `pair_nms`.
    """

    def __init__(self, max_per_img: Optional[int],
                 query_nms: Dict[str, float]) -> None:
        super().__init__(max_per_img)
        check_keys(query_nms, ('iou_thr', 'sub_power', 'obj_power'),
                   '`bbox_head.query_nms`')
        self.query_nms = query_nms

    def __call__(self, combinations: CombinationScores, hoi_verbs: Tensor,
                 sub_bboxes: Tensor, obj_bboxes: Tensor,
                 top_obj_labels: Tensor) -> InstanceData:
        """As in the base class."""
        kept = pair_nms(sub_bboxes, obj_bboxes, combinations.scores.amax(-1),
                        top_obj_labels, **self.query_nms)
        scores = combinations.scores.new_full(combinations.scores.shape,
                                              float('-inf'))
        scores[kept] = combinations.scores[kept]
        return super().__call__(
            combinations._replace(scores=scores), hoi_verbs, sub_bboxes,
            obj_bboxes, top_obj_labels)
