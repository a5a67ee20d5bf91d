# Copyright (c) mmhoi contributors.
"""A whole DETR, with which two-stage models begin, by mmdet's names."""
from typing import Dict

from torch import Tensor

from mmhoi.label_spaces import load_label_space
from ..detector_classes import COCO_ROWS
from .detr import FEATURE_ROWS
from .renaming import Renaming

#: facebookresearch's names and mmdet's, of a whole detector.
DETR_DETECTOR = Renaming(
    rows=FEATURE_ROWS + (
        ('bbox_embed.layers.0.', 'bbox_head.reg_ffn.layers.0.0.'),
        ('bbox_embed.layers.1.', 'bbox_head.reg_ffn.layers.1.'),
        ('bbox_embed.layers.2.', 'bbox_head.fc_reg.'),
        ('class_embed.', 'bbox_head.fc_cls.'),
        ('query_embed.', 'query_embedding.'),
    ),
    transformers=(
        ('transformer.encoder.', 'encoder.'),
        ('transformer.decoder.', 'decoder.'),
    ))


def detector_state(state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Weights of a DETR with mmdet's names.

    Args:
        state_dict (dict[str, Tensor]): Weights with facebookresearch's names
            (of a classifier of COCO's 91 ids only the 80 classes are taken)
            or mmdet's; of any other detector they stay as they are.

    Returns:
        dict[str, Tensor]: Weights by mmdet's names, and what else there is.

    Examples:
        >>> import torch
        >>> list(detector_state({'query_embed.weight': torch.ones(2)}))
        ['query_embedding.weight']
    """
    renamed = {}
    for name, value in state_dict.items():
        name = DETR_DETECTOR.rename(name) or name
        if name.startswith('bbox_head.fc_cls.') and len(value) == COCO_ROWS:
            ids = load_label_space('hico_det').category_ids
            value = value[list(ids) + [COCO_ROWS - 1]]
        renamed[name] = value
    return renamed
