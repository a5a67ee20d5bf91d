# Copyright (c) mmhoi contributors.
"""Configs of earlier versions of mmhoi, as checkpoints carry them."""
from copy import deepcopy
from typing import Any

from mmengine.config import ConfigDict


def current_model_cfg(model_cfg: ConfigDict) -> ConfigDict:
    """Turn the entry `model` of an earlier version into that of today.

    `HOIDetector` with an `HOIHead` was one class for GEN-VLKT and HOICLIP,
    told apart by options of the head.

    Args:
        model_cfg (dict): The entry `model` of a config, of any version.

    Returns:
        dict: A new one, or the same if nothing has changed.

    Examples:
        >>> current_model_cfg(ConfigDict(type='mmdet.DETR'))
        {'type': 'mmdet.DETR'}
    """
    if model_cfg.get('type') not in ('HOIDetector', 'mmhoi.HOIDetector'):
        return model_cfg
    cfg = deepcopy(model_cfg)
    cfg.type = 'QueryPairDetector'
    cfg.setdefault('num_queries', 64)
    cfg.queries = ConfigDict(type='HumanObjectQueries')
    head = cfg.bbox_head
    head.type = 'PairHead'
    head.pop('clip_dims', None)
    head.setdefault('label_space', 'hico_det')
    head.obj_classifier.type = 'TextObjectClassifier'
    head.interaction_classifier = _interaction_classifier(head)
    mimic = head.pop('loss_mimic', None)
    if mimic is not None:
        mimic.type = 'MimicLoss'
        head.auxiliary_losses = ConfigDict(mimic=mimic)
    head.loss_hoi.type = 'InteractionFocalLoss'
    return cfg


def _interaction_classifier(head: ConfigDict) -> Any:
    """The classifier of what were options of the head."""
    texts = head.pop('hoi_classifier')
    verbs = head.pop('verb_classifier', None)
    weight = head.pop('verb_weight', 0.5)
    projected = head.pop('hoi_proj', False)
    if verbs is not None:
        verbs.pop('type')
        return ConfigDict(
            texts,
            type='TextVerbHOIClassifier',
            verbs=verbs,
            verb_weight=weight)
    name = 'ProjectedTextHOIClassifier' if projected else 'TextHOIClassifier'
    return ConfigDict(texts, type=name)
