# Copyright (c) mmhoi contributors.
import torch
import torch.nn.functional as F
from torch import Tensor

from mmhoi.label_spaces import ANY_OBJECT, LabelSpace
from mmhoi.structures import PairProposals
from ...layers.soft_pair_nms import soft_pair_nms
from ..selection import CombinationScores


class ConsNetScore:
    """What a head says of pairs, times what the detector says of the boxes.

    A box counts with its score for the class that an HOI asks for, whatever
    its best class is. Boxes of which only the best class is known have 0 for
    all others.

    Args:
        label_space (LabelSpace): H HOIs and O objects.
        human_label (int): Object class of humans. Defaults to 0.
        score_thr (float): Least score. Defaults to 0.001.
        soft_nms (bool): Whether pairs lower the scores of those that they
            overlap, see :func:`soft_pair_nms`. Defaults to True.
    """

    def __init__(self,
                 label_space: LabelSpace,
                 human_label: int = 0,
                 score_thr: float = 0.001,
                 soft_nms: bool = True) -> None:
        self.human_label = human_label
        self.score_thr = score_thr
        self.soft_nms = soft_nms
        self.num_objects = len(label_space.objects)
        self.hoi_objects = torch.from_numpy(label_space.hoi_objects)

    def confidences(self, proposals: PairProposals) -> Tensor:
        """Score of the human times score of the object, for each HOI.

        Args:
            proposals (PairProposals): M pairs of an image.

        Returns:
            Tensor: 0..1, shape (M, H).
        """
        scores = self._scores(proposals)
        humans = scores[proposals.sub_inds, self.human_label]
        return humans[:, None] * self._of_objects(scores, proposals)

    def __call__(self, probs: Tensor,
                 proposals: PairProposals) -> CombinationScores:
        """Score all combinations of a pair with an HOI.

        Args:
            probs (Tensor): What the head says, shape (M, H).
            proposals (PairProposals): The pairs of one image.

        Returns:
            CombinationScores: Tables of shape (M, H); confidences are the
            scores before pairs lower each other's.
        """
        product = probs * self.confidences(proposals)
        scores = product.masked_fill(product < self.score_thr, float('-inf'))
        if self.soft_nms:
            scores = soft_pair_nms(proposals.boxes[proposals.sub_inds],
                                   proposals.boxes[proposals.obj_inds], scores)
        labels = proposals.labels[proposals.obj_inds, None]
        hoi_objects = self.hoi_objects.to(labels.device)
        return CombinationScores(
            scores, product,
            self._of_objects(self._scores(proposals), proposals),
            torch.where(hoi_objects == ANY_OBJECT, labels, hoi_objects))

    def _of_objects(self, scores: Tensor, proposals: PairProposals) -> Tensor:
        """Score of the objects for each HOI, shape (M, H)."""
        objects = scores[proposals.obj_inds]
        best = objects.gather(1, proposals.labels[proposals.obj_inds, None])
        # Two more columns: no object, and, counted from the end, any.
        table = torch.cat([objects, torch.zeros_like(best), best], 1)
        return table[:, self.hoi_objects.to(table.device)]

    def _scores(self, proposals: PairProposals) -> Tensor:
        """Score of each class for each box, shape (N, O)."""
        if proposals.all_scores is None:
            return F.one_hot(proposals.labels,
                             self.num_objects) * proposals.scores[:, None]
        # A detector may know the first classes only.
        missing = self.num_objects - proposals.all_scores.shape[1]
        return F.pad(proposals.all_scores, (0, missing))
