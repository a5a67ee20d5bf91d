# Copyright (c) mmhoi contributors.
import torch
import torch.nn.functional as F
from torch import Tensor

from mmhoi.label_spaces import ANY_OBJECT, LabelSpace
from mmhoi.structures import PairProposals
from ..selection import CombinationScores


class ScoreProduct:
    """What streams say, times the scores of both boxes.

    The object of a pair is what the detector calls it, or what the streams
    make of it: the score of an object class is then the mean over what they
    say about its HOIs, as in ATL and FCL, where a detector need not know the
    classes. Both can be mixed.

    Symbols: M pairs of an image, H HOIs, O objects.

    Args:
        label_space (LabelSpace): Its HOIs.
        sub_power (float): Exponent of the human's score. Defaults to 1.
        obj_power (float): Exponent of the object's score. Defaults to 1.
        object_names (float): Share of the detector in the object's score,
            0..1. Defaults to 1: the detector alone.

    Raises:
        ValueError: If the share is out of range.
    """

    def __init__(self,
                 label_space: LabelSpace,
                 sub_power: float = 1.0,
                 obj_power: float = 1.0,
                 object_names: float = 1.0) -> None:
        if not 0 <= object_names <= 1:
            raise ValueError(f'test_cfg.object_names={object_names}, the '
                             "share of the detector's classes; allowed: 0..1")
        self.sub_power = sub_power
        self.obj_power = obj_power
        self.object_names = object_names
        self.num_objects = len(label_space.objects)
        self.hoi_objects = torch.from_numpy(label_space.hoi_objects)

    def __call__(self, probs: Tensor,
                 proposals: PairProposals) -> CombinationScores:
        """Score all combinations of a pair with an HOI of its object.

        Args:
            probs (Tensor): What the streams say, shape (M, H).
            proposals (PairProposals): The pairs of one image.

        Returns:
            CombinationScores: Tables of shape (M, H); confidences are the
            scores with the scores of the boxes as they are.
        """
        scores, labels = (
            table[:, None] for table in self._objects(probs, proposals))
        humans = proposals.scores[proposals.sub_inds, None]
        hoi_objects = self.hoi_objects.to(labels.device)
        fits = (hoi_objects == labels) | (hoi_objects == ANY_OBJECT)
        product = probs * humans**self.sub_power * scores**self.obj_power
        return CombinationScores(
            product.masked_fill(~fits, float('-inf')), probs * humans * scores,
            scores.expand_as(probs), labels.expand_as(probs))

    def _objects(self, probs: Tensor, proposals: PairProposals) -> tuple:
        """Score and class of the object of each pair, both (M, )."""
        scores = proposals.scores[proposals.obj_inds]
        labels = proposals.labels[proposals.obj_inds]
        if self.object_names == 1:
            return scores, labels
        named = F.one_hot(labels, self.num_objects) * scores[:, None]
        mixed = (
            self.object_names * named +
            (1 - self.object_names) * self.objects_of_hois(probs))
        return mixed.max(1)

    def objects_of_hois(self, probs: Tensor) -> Tensor:
        """What probabilities of HOIs say about objects.

        Args:
            probs (Tensor): Shape (M, H).

        Returns:
            Tensor: Mean over the HOIs of each object, 0 without, (M, O).
        """
        # The last column: no object, or any.
        table = F.one_hot(self.hoi_objects % (self.num_objects + 1),
                          self.num_objects + 1)[:, :-1].to(probs)
        return probs @ table / table.sum(0).clamp(min=1)
