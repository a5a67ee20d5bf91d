# Copyright (c) mmhoi contributors.
"""Official checkpoints of UPT and of the detectors that it starts from."""
import re
from typing import Dict, List

import torch
from torch import Tensor

from mmhoi.label_spaces import load_label_space
from .detr import FEATURE_ROWS
from .renaming import Renaming, Rows

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
#: Rows of the classifier of a DETR with COCO's category ids as classes.
_COCO_ROWS = 92

#: Rows of the interaction head that are the same one to one.
HEAD = Renaming(
    rows=(
        ('box_pair_predictor.', 'classifier.'),
        ('spatial_head.', 'spatial_encoder.'),
        ('comp_layer.attention.output.aggregate.',
         'competitive.self_attn.out_proj.'),
        ('comp_layer.attention.output.norm.', 'competitive.norm1.'),
        ('comp_layer.ffn.ffn.0.', 'competitive.linear1.'),
        ('comp_layer.ffn.ffn.2.', 'competitive.linear2.'),
        ('comp_layer.ffn.norm.', 'competitive.norm2.'),
    ))
_LAYER_ROWS: Rows = (
    ('unary.', 'unary.'),
    ('pairwise.', 'pairwise.'),
    ('aggregate.', 'aggregate.'),
    ('norm.', 'norm1.'),
    ('ffn.ffn.', 'ffn.'),
    ('ffn.norm.', 'norm2.'),
)
_FUSIONS = dict(pair_fusion='mbf', global_fusion='mbf_g')


def detector_state(state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Weights of a DETR with mmdet's names.

    Args:
        state_dict (dict[str, Tensor]): Weights with facebookresearch's names
            (of a classifier of COCO's 91 ids only the 80 classes are taken)
            or mmdet's; of any other detector they stay as they are.

    Returns:
        dict[str, Tensor]: Weights by mmdet's names, and what else there is.

    Examples:
        >>> list(detector_state({'query_embed.weight': torch.ones(2)}))
        ['query_embedding.weight']
    """
    renamed = {}
    for name, value in state_dict.items():
        name = DETR_DETECTOR.rename(name) or name
        if name.startswith('bbox_head.fc_cls.') and len(value) == _COCO_ROWS:
            ids = load_label_space('hico_det').category_ids
            value = value[list(ids) + [_COCO_ROWS - 1]]
        renamed[name] = value
    return renamed


def from_official_upt(state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Turn an official checkpoint of UPT into one of `TwoStageHOIDetector`.

    Args:
        state_dict (dict[str, Tensor]): Official weights.

    Returns:
        dict[str, Tensor]: Ours, without BatchNorm's step counters.

    Raises:
        KeyError: If a parameter is unknown.
    """
    detector = {
        name[len('detector.'):]: value
        for name, value in state_dict.items() if name.startswith('detector.')
    }
    state = {
        f'detector.{name}': value
        for name, value in DETR_DETECTOR.rename_all(detector, 'DETR').items()
    }
    start = 'interaction_head.'
    head = {
        name[len(start):]: value
        for name, value in state_dict.items() if name.startswith(start)
    }
    state.update({
        start + name: value
        for name, value in head_from_official(head).items()
    })
    return state


def head_from_official(head: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Turn the weights of UPT's interaction head into those of `UPTHead`.

    Args:
        head (dict[str, Tensor]): Official weights, names without
            `interaction_head.`.

    Returns:
        dict[str, Tensor]: Ours. What cancels in the attention is left out.

    Raises:
        KeyError: If a parameter is unknown.
    """
    head = dict(head)
    state: Dict[str, Tensor] = {}
    for ours, theirs in _FUSIONS.items():
        branches = _Branches(head, f'{theirs}.')
        for part in ('weight', 'bias'):
            for layer in ('fc_1', 'fc_2'):
                name = f'{ours}.{layer.replace("_", "")}.{part}'
                state[name] = torch.cat(branches.pop(layer, part))
        state[f'{ours}.fc3.weight'] = torch.cat(
            branches.pop('fc_3', 'weight'), 1)
        state[f'{ours}.fc3_bias'] = torch.stack(branches.pop('fc_3', 'bias'))
    attention = 'comp_layer.attention.attention.'
    for part in ('weight', 'bias'):
        state[f'competitive.self_attn.in_proj_{part}'] = torch.cat([
            head.pop(f'{attention}{name}.{part}')
            for name in ('query', 'key', 'value')
        ])
    numbers = {
        int(match[1])
        for match in map(
            re.compile(r'coop_layer\.mod_enc\.(\d+)\.').match, head) if match
    }
    for number in sorted(numbers):
        state.update(_cooperative(head, number))
    state.update(HEAD.rename_all(head, "UPT's head"))
    return state


def _cooperative(head: Dict[str, Tensor], number: int) -> Dict[str, Tensor]:
    """Take one cooperative layer out of an official head."""
    theirs, ours = f'coop_layer.mod_enc.{number}.', f'cooperative.{number}.'
    heads = _Branches(head, theirs)
    # For each head a row for box i, one for box j and one for the pair.
    rows = torch.cat(heads.pop('attn', 'weight')).chunk(3, 1)
    heads.pop('attn', 'bias')
    state = {
        f'{ours}unary_attention': rows[0],
        f'{ours}pair_attention': rows[2],
        f'{ours}message': torch.stack(heads.pop('message', 'weight')),
        f'{ours}message_bias': torch.stack(heads.pop('message', 'bias'))
    }
    layer = {
        name[len(theirs):]: head.pop(name)
        for name in list(head) if name.startswith(theirs)
    }
    renamed = Renaming(_LAYER_ROWS).rename_all(layer, "UPT's layer")
    state.update({ours + name: value for name, value in renamed.items()})
    return state


class _Branches:
    """Takes numbered layers out of a state dict."""

    def __init__(self, state_dict: Dict[str, Tensor], start: str) -> None:
        self.state_dict = state_dict
        self.start = start

    def pop(self, layer: str, part: str) -> List[Tensor]:
        """Weights or biases of all branches, in order."""
        found: List[Tensor] = []
        while True:
            name = f'{self.start}{layer}.{len(found)}.{part}'
            if name not in self.state_dict:
                return found
            found.append(self.state_dict.pop(name))
