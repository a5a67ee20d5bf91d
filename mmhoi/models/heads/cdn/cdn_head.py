# Copyright (c) mmhoi contributors.
import inspect
from typing import Any, Dict, List, Optional

import torch
import torch.nn.functional as F
from mmdet.utils import OptConfigType, reduce_mean
from torch import Tensor, nn

from mmhoi.label_spaces import object_counts, verb_counts
from mmhoi.registry import MODELS
from mmhoi.structures import SampleList
from mmhoi.utils.known_keys import check_keys
from mmhoi.utils.setup_error import SetupError
from ...utils.float32_forward import float32_forward
from ..pair_head import PairHead
from ..selection import CombinationScores
from .class_reweighting import ClassReweighting
from .query_selector import QuerySelector

#: What a config may say about re-weighting.
REWEIGHTING_KEYS = ('counts', 'queue_size', 'power', 'static',
                    'weights_per_layer')


@MODELS.register_module()
class CDNHead(PairHead):
    """CDN's additions to the head of pairs: re-weighting, and "is a pair".

    Without the arguments below it computes what :class:`PairHead` does. See
    there for the symbols; the interaction classifier has to be one of verbs.

    Args:
        *args: Positional arguments of :class:`PairHead`.
        object_reweighting (dict, optional): Arguments of
            :class:`ClassReweighting` for object classes, whose weights are
            then used instead of those of `loss_obj`; `counts` is that of the
            label space unless given. Defaults to None: no re-weighting.
        verb_reweighting (dict, optional): Likewise for the verbs that are
            true of a pair. Defaults to None.
        loss_matching (dict, optional): Loss of the logits that say whether a
            query is a pair; with it there are such, the match cost
            `PairnessCost` can be used, and they take part in the rank.
            Defaults to None.
        rank_by_matching (bool): Whether scores are multiplied by the
            probability that the query is a pair. Defaults to True.
        query_nms (dict, optional): Thresholds of :class:`QuerySelector`, with
            which whole queries are suppressed, as the official program does
            for V-COCO; instead of `test_cfg.pair_nms`. Defaults to None.
        **kwargs: Further arguments of :class:`PairHead`.

    Raises:
        SetupError: If the label space knows no counts, or there are more or
            fewer than classes; or two kinds of suppression.
    """

    def __init__(self,
                 *args: Any,
                 object_reweighting: OptConfigType = None,
                 verb_reweighting: OptConfigType = None,
                 loss_matching: OptConfigType = None,
                 rank_by_matching: bool = True,
                 query_nms: OptConfigType = None,
                 **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        space = self.label_space
        self.object_reweighting = _build_reweighting('object',
                                                     object_reweighting,
                                                     object_counts, space)
        self.verb_reweighting = _build_reweighting('verb', verb_reweighting,
                                                   verb_counts, space)
        takes_weights = inspect.signature(self.loss_hoi.forward).parameters
        if self.verb_reweighting is not None and 'weight' not in takes_weights:
            raise SetupError(
                f'{type(self.loss_hoi).__name__} takes no weights of classes: '
                'set bbox_head.verb_reweighting=None, or choose another '
                'bbox_head.loss_hoi, such as InteractionFocalLoss')
        if query_nms is not None:
            if self.select.pair_nms is not None:
                raise SetupError(
                    'there are both bbox_head.query_nms and test_cfg.pair_nms;'
                    ' choose one, and set the other to None')
            self.select = QuerySelector(self.select.max_per_img, query_nms)
        self.rank_by_matching = rank_by_matching
        self.loss_matching = loss_matching and MODELS.build(loss_matching)
        if self.loss_matching is not None:
            self.matched_by = (*self.matched_by, 'matching_logits')
            self.matching = nn.Linear(self.sub_reg.layers[0].in_features, 2)

    @float32_forward
    def forward(self, sub_states: Tensor, obj_states: Tensor,
                interaction_features: Tensor,
                **kwargs: Any) -> Dict[str, Tensor]:
        """As in the base class; maybe with matching_logits (L, B, Q, 2).

        The last layers of both decoders are paired, also if one has a single
        layer.
        """
        layers = min(len(sub_states), len(interaction_features))
        sub_states = sub_states[-layers:]
        outputs = super().forward(sub_states, obj_states[-layers:],
                                  interaction_features[-layers:], **kwargs)
        if self.loss_matching is not None:
            outputs['matching_logits'] = self.matching(sub_states)
        return outputs

    def targets(self, outputs: Dict[str, Tensor],
                batch_data_samples: SampleList) -> List[Dict[str, Tensor]]:
        """As in the base class; with the weights of classes of each layer.

        The official code comes to the last layer first.
        """
        targets = super().targets(outputs, batch_data_samples)
        last_first = [targets[-1], *targets[:-1]]
        background = outputs['obj_logits'].size(-1) - 1
        self._add_weights(self.object_reweighting, 'obj_weights', last_first, [
            torch.bincount(
                layer['obj_labels'].flatten(), minlength=background + 1)
            for layer in last_first
        ])
        self._add_weights(self.verb_reweighting, 'verb_weights', last_first, [
            _verb_counts(layer['interaction_labels']) for layer in last_first
        ])
        return targets

    def _add_weights(self, reweighting: Optional[ClassReweighting], name: str,
                     targets: List[Dict[str, Tensor]],
                     counts: List[Tensor]) -> None:
        """Put weights of classes into the targets, the last layer's first."""
        if reweighting is None:
            return
        weights = None
        for layer, layer_counts in zip(targets, counts):
            if weights is None or reweighting.weights_per_layer:
                if self.sync_avg_factor:
                    layer_counts = reduce_mean(layer_counts.float())
                weights = reweighting(layer_counts)
            layer[name] = weights

    def loss_by_feat_single(self, outputs: Dict[str, Tensor],
                            targets: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """As in the base class; maybe with loss_matching."""
        losses = super().loss_by_feat_single(outputs, targets)
        if self.loss_matching is not None:
            losses['loss_matching'] = self.loss_matching(
                outputs['matching_logits'].flatten(0, 1),
                targets['matched'].flatten().long())
        return losses

    def loss_of_interactions(self, outputs: Dict[str, Tensor],
                             targets: Dict[str, Tensor]) -> Tensor:
        """As in the base class; the weights are for verbs that are true."""
        if 'verb_weights' not in targets:
            return super().loss_of_interactions(outputs, targets)
        labels = targets['interaction_labels']
        return self.loss_hoi(
            outputs['interaction_logits'],
            labels,
            weight=torch.where(labels > 0, targets['verb_weights'][:-1], 1.0),
            avg_factor=self._avg_factor(labels.sum()) or 1.0)

    def loss_of_objects(self, outputs: Dict[str, Tensor],
                        targets: Dict[str, Tensor]) -> Tensor:
        """As in the base class: a weighted mean over all queries."""
        if 'obj_weights' not in targets:
            return super().loss_of_objects(outputs, targets)
        labels = targets['obj_labels'].flatten()
        weights = targets['obj_weights'].to(outputs['obj_logits'])
        total = F.cross_entropy(
            outputs['obj_logits'].flatten(0, 1),
            labels,
            weight=weights,
            reduction='sum')
        return self.loss_obj.loss_weight * total / self._avg_factor(
            weights[labels].sum())

    def combinations(self, outputs: Dict[str, Tensor]) -> CombinationScores:
        """As in the base class; maybe times the probability of a pair."""
        rule = super().combinations(outputs)
        if self.loss_matching is None or not self.rank_by_matching:
            return rule
        is_pair = outputs['matching_logits'][-1].softmax(-1)[..., 1:]
        return rule._replace(
            scores=rule.scores * is_pair,
            confidences=rule.confidences * is_pair)


def _build_reweighting(kind: str, cfg: OptConfigType, known_counts: Any,
                       space: Any) -> Optional[ClassReweighting]:
    """Re-weighting of objects or verbs, None without a config."""
    if cfg is None:
        return None
    key = f'bbox_head.{kind}_reweighting'
    check_keys(cfg, REWEIGHTING_KEYS, f'`{key}`')
    cfg = dict(cfg)
    counts = cfg.pop('counts', None)
    if counts is None:
        counts = known_counts(space).tolist()
    size = (
        len(space.verbs) if kind == 'verb' else len(space.object_prompts) - 1)
    if len(counts) != size:
        raise SetupError(
            f'{key}.counts has {len(counts)} entries, but the label space '
            f'"{space.name}" has {size} classes; give one count for each, '
            'without the background')
    return ClassReweighting(counts, **cfg)


def _verb_counts(labels: Tensor) -> Tensor:
    """Positive labels (B, Q, V) of each verb, and queries without any."""
    without = (labels.sum(-1) == 0).sum()
    return torch.cat([labels.sum((0, 1)), without[None]])
