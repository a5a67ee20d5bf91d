# Copyright (c) mmhoi contributors.
"""Parameter names of official checkpoints, mapped to ours."""
import re
from typing import Dict, Iterable, Sequence, Tuple

import torch
from torch import Tensor

# Rules are tried in order on the start of a name; all that apply are applied.
_TRANSFORMER = (
    (r'transformer\.encoder\.', 'encoder.'),
    (r'transformer\.(instance_)?decoder\.', 'decoder.'),
    (r'transformer\.clip_interaction_decoder\.', 'interaction_decoder.'),
    (r'((?:encoder|decoder|interaction_decoder)\.layers\.\d+\.)'
     r'self_attn\.(?!attn\.)', r'\1self_attn.attn.'),
    (r'((?:decoder|interaction_decoder)\.layers\.\d+\.)multihead_attn\.',
     r'\1cross_attn.attn.'),
    (r'((?:encoder|decoder|interaction_decoder)\.layers\.\d+\.)linear1\.',
     r'\1ffn.layers.0.0.'),
    (r'((?:encoder|decoder|interaction_decoder)\.layers\.\d+\.)linear2\.',
     r'\1ffn.layers.1.'),
    (r'((?:decoder|interaction_decoder)\.)norm\.', r'\1post_norm.'),
)
_FEATURES = (
    (r'backbone\.0\.body\.', 'backbone.'),
    (r'input_proj\.', 'neck.convs.0.conv.'),
)
_HOICLIP = (
    (r'transformer\.queries2spacial_proj\.',
     'interaction_decoder.query_proj.0.'),
    (r'transformer\.queries2spacial_proj_norm\.',
     'interaction_decoder.query_proj.1.'),
    (r'transformer\.obj_class_fc\.', 'interaction_decoder.memory_proj.0.'),
    (r'transformer\.obj_class_ln\.', 'interaction_decoder.memory_proj.1.'),
    (r'query_embed_h\.', 'sub_query_embedding.'),
    (r'query_embed_o\.', 'obj_query_embedding.'),
    (r'pos_guided_embedd\.', 'pair_embedding.'),
    (r'hum_bbox_embed\.', 'bbox_head.sub_reg.'),
    (r'obj_bbox_embed\.', 'bbox_head.obj_reg.'),
    (r'obj_class_fc\.', 'bbox_head.obj_proj.'),
    (r'obj_visual_projection\.', 'bbox_head.obj_classifier.'),
    (r'(eval_)?visual_projection\.', 'bbox_head.hoi_classifier.'),
    (r'inter2verb\.', 'bbox_head.verb_classifier.adapter.'),
    (r'verb_projection\.', 'bbox_head.verb_classifier.'),
    (r'logit_scale$', 'bbox_head.hoi_classifier.logit_scale'),
    (r'obj_logit_scale$', 'bbox_head.obj_classifier.logit_scale'),
    (r'clip_model\.visual\.', 'clip_visual.visual.'),
)
# In official checkpoints but without any effect on the outputs.
_UNUSED = (
    r'transformer\.interaction_decoder\.',
    r'transformer\.inter_guided_embedd\.',
    r'transformer\.clip_interaction_decoder\.layers\.\d+\.norm4\.',
    r'hoi_class_fc\.',
    # One-hot tables that follow from the label space.
    r'verb2hoi_proj(_eval)?$',
    # The text tower has done its work when the classifiers were filled.
    r'clip_model\.(?!visual\.)',
)


def _rename(name: str, rules: Iterable[Tuple[str, str]]) -> str:
    for pattern, replacement in rules:
        name = re.sub('^' + pattern, replacement, name)
    # norm1..norm3 of a transformer layer are norms.0..norms.2
    return re.sub(
        r'^((?:encoder|decoder|interaction_decoder)\.layers\.\d+\.)'
        r'norm(\d)\.', lambda m: f'{m[1]}norms.{int(m[2]) - 1}.', name)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(re.match(pattern, name) for pattern in patterns)


def from_official_hoiclip(state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Rename the parameters of an official HOICLIP checkpoint.

    Args:
        state_dict (dict[str, Tensor]): The entry `model` of the checkpoint.

    Returns:
        dict[str, Tensor]: State dict of our `HOIDetector`, without the
        parameters that have no effect.

    Raises:
        KeyError: If a parameter is neither known nor known to be unused.
    """
    rules = _FEATURES + _HOICLIP + _TRANSFORMER
    zero_shot = 'eval_visual_projection.weight' in state_dict
    converted = {}
    unknown = []
    for name, value in state_dict.items():
        if _matches(name, _UNUSED):
            continue
        # Zero-shot checkpoints hold the text embeddings twice: of the seen
        # classes, and of all. Ours holds all, and the seen ones' bias.
        if name == 'visual_projection.weight' and zero_shot:
            continue
        renamed = _rename(name, rules)
        # Names that no rule touches are not HOICLIP's.
        if renamed == name:
            unknown.append(name)
        converted[renamed] = value
    if unknown:
        raise KeyError(
            f'{len(unknown)} parameters are not those of an official HOICLIP '
            f'checkpoint, the first are {unknown[:5]}')
    return converted


def from_detr(state_dict: Dict[str, Tensor],
              num_decoder_layers: int,
              keep_queries: bool = False) -> Dict[str, Tensor]:
    """Turn a DETR checkpoint into initial weights of a `HOIDetector`.

    Backbone, encoder, the first decoder layers and both box branches start
    from DETR; its classifier has no counterpart.

    Args:
        state_dict (dict[str, Tensor]): Weights of DETR with
            facebookresearch's or mmdet's parameter names.
        num_decoder_layers (int): Layers of our instance decoder; the later
            ones of DETR's decoder are left out.
        keep_queries (bool): Whether both queries of a pair start from DETR's
            query of the same number. HOICLIP starts from random queries.
            Defaults to False.

    Returns:
        dict[str, Tensor]: Part of a state dict of `HOIDetector`.

    Raises:
        KeyError: If the checkpoint is not one of DETR.
    """
    rules = _FEATURES + _TRANSFORMER
    box_layers = {
        'bbox_head.reg_ffn.layers.0.0.': '0.',
        'bbox_head.reg_ffn.layers.1.': '1.',
        'bbox_head.fc_reg.': '2.',
    }
    converted = {}
    for name, value in state_dict.items():
        name = _rename(name, rules)
        for old, new in box_layers.items():
            name = name.replace(old, f'bbox_embed.layers.{new}')
        layer = re.match(r'decoder\.layers\.(\d+)\.', name)
        if layer and int(layer[1]) >= num_decoder_layers:
            continue
        if name.startswith('bbox_embed.'):
            for branch in ('sub_reg', 'obj_reg'):
                converted[name.replace('bbox_embed',
                                       f'bbox_head.{branch}')] = value
        elif re.match(r'query_embed(ding)?\.', name):
            if keep_queries:
                converted['sub_query_embedding.weight'] = value
                converted['obj_query_embedding.weight'] = value
                # Nothing is added to what DETR has learned.
                converted['pair_embedding.weight'] = torch.zeros_like(value)
        elif name.split('.')[0] in ('backbone', 'neck', 'encoder', 'decoder'):
            converted[name] = value
    missing = [
        part for part in ('backbone.', 'neck.', 'encoder.', 'decoder.',
                          'bbox_head.sub_reg.')
        if not any(name.startswith(part) for name in converted)
    ]
    if missing:
        raise KeyError(
            f'not a DETR checkpoint: nothing in it maps to {missing}; the '
            f'first names are {list(state_dict)[:3]}')
    return converted
