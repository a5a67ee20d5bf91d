# Copyright (c) mmhoi contributors.
from typing import Dict, List, Optional, Sequence, Union

import torch
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.label_spaces import ClassNames, LabelSpaceSource
from mmhoi.registry import MODELS, TASK_UTILS
from mmhoi.structures import PairProposals, SampleList
from mmhoi.utils.known_keys import check_keys
from ..task_modules.assigners.hoi_match_cost import box_scale
from .object_scores import ANY_OBJECT
from .selection import CombinationScores, PairSelector
from .verb_classes import load_verb_classes


class ProposalHead(BaseModule):
    """Verbs of proposed pairs of boxes, ranked with the scores of the boxes.

    What UPT and PViC share: labels, prior, loss and predictions. A subclass
    has `forward`, which gives the logits, and a `classifier`. A verb's
    probability is multiplied by the scores of both boxes, to a power; verbs
    that no HOI of the object has are left out.

    Symbols: M pairs of an image, L layers that are trained, V verbs of the
    head, H HOIs.

    Args:
        label_space (str | dict): See `load_label_space`.
        verbs (str | Sequence[int]): Which of its verbs are classified, see
            `load_verb_classes`. Defaults to `all`.
        loss_hoi (dict): Loss of logits and prior.
        train_cfg (dict, optional): `assigner`: config of the assigner;
            `prior_power`: exponent of the boxes' scores, 1 unless given.
        test_cfg (dict, optional): `prior_power`, 2.8 unless given;
            `max_per_img` and `pair_nms` of :class:`PairSelector`, all
            predictions and no suppression unless given.
        init_cfg (dict, optional): Initialisation config.

    Attributes:
        classes (VerbClasses): What the head is built for.
        label_space (LabelSpace): Its label space.
        zero_shot_split (None): All classes are trained.

    Raises:
        ValueError: If the label space or a verb is unknown.
    """

    zero_shot_split = None

    def __init__(self,
                 label_space: LabelSpaceSource,
                 verbs: Union[str, Sequence[int]] = 'all',
                 loss_hoi: ConfigType = dict(type='PriorFocalLoss'),
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.classes = load_verb_classes(label_space, verbs)
        self.label_space = self.classes.label_space
        self.test_cfg = test_cfg or {}
        self.train_cfg = train_cfg or {}
        check_keys(self.test_cfg, ('prior_power', 'max_per_img', 'pair_nms'),
                   '`model.test_cfg`')
        check_keys(self.train_cfg, ('prior_power', 'assigner'),
                   '`model.train_cfg`')
        self.loss_hoi = MODELS.build(loss_hoi)
        self.assigner = TASK_UTILS.build(
            self.train_cfg.get('assigner', dict(type='PairIoUAssigner')))
        self.select = PairSelector(
            self.test_cfg.get('max_per_img'), self.test_cfg.get('pair_nms'))

    def class_rows(self, names: ClassNames) -> Dict[str, Optional[tuple]]:
        """Which classes the rows of weights belong to, as of `PairHead`."""
        rows = names.verbs
        if rows is not None:
            rows = tuple(rows[i] for i in self.classes.verb_ids.tolist()
                         if i < len(rows))
        return {'classifier.weight': rows, 'classifier.bias': rows}

    @property
    def num_hois(self) -> int:
        """int: Number H of HOIs that are predicted."""
        return len(self.classes.hoi_verbs)

    def loss(self, batch_data_samples: SampleList,
             proposals: List[PairProposals],
             **features: Tensor) -> Dict[str, Tensor]:
        """Losses of a batch.

        Args:
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.
            proposals (list[PairProposals]): As in `forward`.
            **features (Tensor): Its other arguments.

        Returns:
            dict: As of `loss_by_feat`.
        """
        outputs = self(proposals=proposals, **features)
        losses = self.loss_by_feat(outputs, proposals, batch_data_samples)
        if not len(outputs['logits']):
            # Processes that share gradients expect one of every parameter.
            losses['loss_hoi'] = losses['loss_hoi'] + 0 * sum(
                parameter.sum() for parameter in self.parameters())
        return losses

    def loss_by_feat(self, outputs: Dict[str, Tensor],
                     proposals: List[PairProposals],
                     batch_data_samples: SampleList) -> Dict[str, Tensor]:
        """Losses of all pairs; verbs that the object cannot have do not count.

        Args:
            outputs (dict): What `forward` returns: logits (sum of all M,
                V), or layer_logits (L, sum of all M, V), all of which count;
                each positive label once per layer.
            proposals (list[PairProposals]): Boxes and pairs of each image.
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.

        Returns:
            dict: loss_hoi, a scalar.
        """
        logits = outputs.get('layer_logits', outputs['logits'])
        verb_ids = self.classes.verb_ids.to(logits.device)
        labels = torch.cat([
            self.assigner.assign(
                image, sample.gt_hoi_instances,
                sample.gt_hoi_instances.verb_labels[:, verb_ids])
            for image, sample in zip(proposals, batch_data_samples)
        ])
        prior = torch.cat([
            self.prior(image, self.train_cfg.get('prior_power', 1.0))
            for image in proposals
        ])
        counts = prior > 0
        logits = logits[..., counts]
        prior, labels = (
            table[counts].expand_as(logits).flatten()
            for table in (prior, labels))
        return dict(loss_hoi=self.loss_hoi(logits.flatten(), prior, labels))

    def prior(self, proposals: PairProposals, power: float) -> Tensor:
        """How much the scores of the boxes speak for each verb of a pair.

        Args:
            proposals (PairProposals): M pairs of one image.
            power (float): Exponent.

        Returns:
            Tensor: Product of both scores to that power, 0 for verbs that no
            HOI of the object has, shape (M, V).
        """
        exists = self.classes.exists.to(proposals.labels.device)
        scores = proposals.scores**power
        return (scores[proposals.sub_inds] * scores[proposals.obj_inds]
                ).unsqueeze(1) * exists[proposals.labels[proposals.obj_inds]]

    def predict(self,
                batch_data_samples: SampleList,
                proposals: List[PairProposals],
                rescale: bool = True,
                **features: Tensor) -> List[InstanceData]:
        """Predicted pairs of a batch.

        Args:
            batch_data_samples (list[HOIDataSample]): With the image sizes.
            proposals (list[PairProposals]): As in `forward`.
            rescale (bool): Original-image instead of input-image pixels.
                Defaults to True.
            **features (Tensor): Other arguments of `forward`.

        Returns:
            list[InstanceData]: As of :class:`PairSelector`, per image.
        """
        outputs = self(proposals=proposals, **features)
        logits = outputs['logits'].split([p.num_pairs for p in proposals])
        results = []
        for image, rows, sample in zip(proposals, logits, batch_data_samples):
            boxes = image.boxes
            if rescale:
                boxes = boxes * (
                    box_scale(sample.ori_shape[:2], boxes) /
                    box_scale(sample.img_shape[:2], boxes))
            results.append(
                self.select(
                    self.combinations(rows, image),
                    self.classes.hoi_verbs.to(rows.device),
                    boxes[image.sub_inds], boxes[image.obj_inds],
                    image.labels[image.obj_inds]))
        return results

    def combinations(self, logits: Tensor,
                     proposals: PairProposals) -> CombinationScores:
        """Score all combinations of a pair with an HOI of its object.

        Args:
            logits (Tensor): Logits of the pairs of one image, shape (M, V).
            proposals (PairProposals): The pairs.

        Returns:
            CombinationScores: Tables of shape (M, H). The confidence is the
            probability that is trained: with the scores of the boxes as they
            are.
        """
        columns, objects = (
            table.to(logits.device)
            for table in (self.classes.hoi_columns, self.classes.hoi_objects))
        probs = logits.float().sigmoid()
        power = self.test_cfg.get('prior_power', 2.8)
        scores, confidences = (
            _with_other_verbs(probs * self.prior(proposals, exponent))[:,
                                                                       columns]
            for exponent in (power, 1.0))
        labels = proposals.labels[proposals.obj_inds].unsqueeze(1)
        fits = (objects == labels) | (objects == ANY_OBJECT)
        fits &= columns < probs.shape[1]
        obj_scores = proposals.scores[proposals.obj_inds].unsqueeze(1)
        return CombinationScores(
            scores.masked_fill(~fits, float('-inf')), confidences,
            obj_scores.expand_as(scores), labels.expand_as(scores))


def _with_other_verbs(table: Tensor) -> Tensor:
    """One more column, of zeros, for verbs that are not classified."""
    return torch.cat([table, table.new_zeros(len(table), 1)], 1)


def padding_of(lengths: List[int], device: torch.device) -> Tensor:
    """True behind the end of each row.

    Args:
        lengths (list[int]): Of B rows.
        device (torch.device): Where the mask shall be.

    Returns:
        Tensor: bool, shape (B, longest).

    Examples:
        >>> padding_of([1, 2], torch.device('cpu'))
        tensor([[False,  True],
                [False, False]])
    """
    lengths = torch.tensor(lengths, device=device)
    return torch.arange(
        int(lengths.max()), device=device) >= lengths.unsqueeze(1)
