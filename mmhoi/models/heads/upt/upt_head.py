# Copyright (c) mmhoi contributors.
from typing import Dict, List, Optional, Sequence, Union

import torch
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from mmhoi.label_spaces import ClassNames, LabelSpaceSource
from mmhoi.registry import MODELS, TASK_UTILS
from mmhoi.structures import PairProposals, SampleList
from mmhoi.utils.known_keys import check_keys
from ...task_modules.assigners.hoi_match_cost import box_scale
from ..object_scores import ANY_OBJECT
from ..selection import CombinationScores, PairSelector
from ..verb_classes import load_verb_classes
from .competitive_layer import CompetitiveLayer
from .cooperative_layer import CooperativeLayer
from .multi_branch_fusion import MultiBranchFusion
from .pair36 import PAIR_DIMS, pair36


@MODELS.register_module()
class UPTHead(BaseModule):
    """Unary-pairwise transformer: verbs of proposed pairs of boxes.

    UPT (https://arxiv.org/abs/2112.01838). Boxes inform each other in
    cooperative layers, then the pairs of an image compete in one more layer.
    A verb's probability is multiplied by the scores of both boxes, to a
    power; verbs that no HOI of the object has are left out.

    Symbols: B images, N boxes and M pairs of an image, D width of the boxes'
    tokens, R width of the pairs' encodings, C channels of the feature map, V
    verbs of the head, H HOIs, K predictions.

    Args:
        embed_dims (int): Width D.
        global_dims (int): Channels C of the feature map whose mean stands for
            the image.
        label_space (str | dict): See `load_label_space`.
        verbs (str | Sequence[int]): Which of its verbs are classified, see
            `load_verb_classes`. Defaults to `all`.
        pair_dims (int): Width R. Defaults to 512.
        num_heads (int): Heads of all layers. Defaults to 8.
        num_cooperative_layers (int): Defaults to 2.
        feedforward_dims (int): Width inside of the competitive layer.
            Defaults to 2048.
        num_branches (int): Branches of both fusions. Defaults to 16.
        dropout (float): Dropout probability. Defaults to 0.1.
        masked_pooling (bool): Whether the mean over the feature map leaves
            out the padding of the batch. It does not in the official code,
            whose results depend on the batch. Defaults to False.
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
        ValueError: If the label space or a verb is unknown, or a width is no
            multiple of what it is split into.
    """

    zero_shot_split = None
    #: Layers that FSDP gathers one by one.
    FSDP_LAYERS = (CompetitiveLayer, CooperativeLayer)

    def __init__(self,
                 embed_dims: int,
                 global_dims: int,
                 label_space: LabelSpaceSource,
                 verbs: Union[str, Sequence[int]] = 'all',
                 pair_dims: int = 512,
                 num_heads: int = 8,
                 num_cooperative_layers: int = 2,
                 feedforward_dims: int = 2048,
                 num_branches: int = 16,
                 dropout: float = 0.1,
                 masked_pooling: bool = False,
                 loss_hoi: ConfigType = dict(type='PriorFocalLoss'),
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.classes = load_verb_classes(label_space, verbs)
        self.label_space = self.classes.label_space
        self.masked_pooling = masked_pooling
        self.test_cfg = test_cfg or {}
        self.train_cfg = train_cfg or {}
        check_keys(self.test_cfg, ('prior_power', 'max_per_img', 'pair_nms'),
                   '`model.test_cfg`')
        check_keys(self.train_cfg, ('prior_power', 'assigner'),
                   '`model.train_cfg`')

        self.spatial_encoder = nn.Sequential(
            nn.Linear(PAIR_DIMS, 128), nn.ReLU(), nn.Linear(128, 256),
            nn.ReLU(), nn.Linear(256, pair_dims), nn.ReLU())
        self.cooperative = nn.ModuleList(
            CooperativeLayer(embed_dims, pair_dims, num_heads, dropout)
            for _ in range(num_cooperative_layers))
        self.pair_fusion = MultiBranchFusion(2 * embed_dims, pair_dims,
                                             pair_dims, num_branches)
        self.global_fusion = MultiBranchFusion(global_dims, pair_dims,
                                               pair_dims, num_branches)
        self.competitive = CompetitiveLayer(2 * pair_dims, num_heads,
                                            feedforward_dims, dropout)
        self.classifier = nn.Linear(2 * pair_dims, len(self.classes.verb_ids))

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

    def forward(self,
                tokens: List[Tensor],
                proposals: List[PairProposals],
                feature_map: Tensor,
                img_sizes: Tensor,
                map_mask: Optional[Tensor] = None) -> Dict[str, Tensor]:
        """Classify all pairs of a batch.

        Args:
            tokens (list[Tensor]): What the boxes of each image look like,
                shapes (N, D).
            proposals (list[PairProposals]): Boxes and pairs of each image.
            feature_map (Tensor): Of the padded images, shape (B, C, h, w).
            img_sizes (Tensor): Height and width of the images without
                padding, shape (B, 2).
            map_mask (Tensor, optional): True where the map shows padding,
                bool, shape (B, h, w); for `masked_pooling`. Defaults to None.

        Returns:
            dict: logits, image by image, shape (sum of all M, V).
        """
        kept = [i for i, image in enumerate(proposals) if image.num_pairs]
        if not kept:
            return dict(
                logits=feature_map.new_zeros(0, self.classifier.out_features))
        num_pairs = [proposals[i].num_pairs for i in kept]
        padding = _padding([len(tokens[i]) for i in kept], feature_map.device)
        unary = pad_sequence([tokens[i] for i in kept], True)
        boxes = pad_sequence([proposals[i].boxes for i in kept], True)
        spatial = self.spatial_encoder(pair36(boxes, img_sizes[kept]))
        for layer in self.cooperative:
            unary = layer(unary, spatial, padding)

        images = torch.arange(
            len(kept), device=unary.device).repeat_interleave(
                torch.tensor(num_pairs, device=unary.device))
        subs = torch.cat([proposals[i].sub_inds for i in kept])
        objs = torch.cat([proposals[i].obj_inds for i in kept])
        spatial = spatial[images, subs, objs]
        whole = self._pool(feature_map, map_mask)[kept]
        pairs = torch.cat([
            self.pair_fusion(
                torch.cat([unary[images, subs], unary[images, objs]], -1),
                spatial),
            self.global_fusion(whole[images], spatial)
        ], -1)
        padding = _padding(num_pairs, pairs.device)
        pairs = self.competitive(
            pad_sequence(pairs.split(num_pairs), True),
            src_key_padding_mask=padding)
        return dict(logits=self.classifier(pairs[~padding]))

    def _pool(self, feature_map: Tensor, mask: Optional[Tensor]) -> Tensor:
        """Mean over a map, shape (B, C)."""
        if mask is None or not self.masked_pooling:
            return feature_map.mean((2, 3))
        inside = (~mask).to(feature_map.dtype).unsqueeze(1)
        return (feature_map * inside).sum((2, 3)) / inside.sum((2, 3))

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
            outputs (dict): What `forward` returns.
            proposals (list[PairProposals]): Boxes and pairs of each image.
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.

        Returns:
            dict: loss_hoi, a scalar.
        """
        logits = outputs['logits']
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
        return dict(
            loss_hoi=self.loss_hoi(logits[counts], prior[counts],
                                   labels[counts]))

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


def _padding(lengths: List[int], device: torch.device) -> Tensor:
    """True behind the end of each row, bool, shape (B, longest)."""
    lengths = torch.tensor(lengths, device=device)
    return torch.arange(
        int(lengths.max()), device=device) >= lengths.unsqueeze(1)
