# Copyright (c) mmhoi contributors.
"""Outputs and intermediate values against those of official models."""
from typing import Any, Dict, List, Optional

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmhoi.models.utils.padding_mask import padding_mask
from mmhoi.structures import HOIDataSample
from .report import Report

BOXES, LOGITS, FEATURES = 2e-5, 1e-4, 1e-4
#: Official name, ours, tolerance.
OUTPUTS = (
    ('pred_hoi_logits', 'interaction_logits', LOGITS),
    ('pred_obj_logits', 'obj_logits', LOGITS),
    ('pred_sub_boxes', 'sub_bboxes', BOXES),
    ('pred_obj_boxes', 'obj_bboxes', BOXES),
)
IMAGES_FIRST = 1, 0


@torch.no_grad()
def forward_parts(model: nn.Module, inputs: Dict[str, Tensor],
                  samples: List[HOIDataSample]) -> Dict[str, Tensor]:
    """Run our model step by step.

    Args:
        model (HOIDetector): In eval mode.
        inputs (dict[str, Tensor]): img and clip_img.
        samples (list[HOIDataSample]): The images.

    Returns:
        dict[str, Tensor]: Intermediate values by their official name, and
        the head's inputs under `head`.
    """
    parts = {}
    feats = model.backbone(inputs['img'])
    parts['backbone_layer4'] = feats[-1]
    feats = model.neck(feats)
    parts['input_proj'] = feats[-1]
    size = feats[-1].shape[-2:]
    mask = padding_mask(samples, inputs['img'].device)
    states = model.forward_instances(feats[-1], mask)
    parts['pos_embed'] = states['memory_pos'].mT.unflatten(-1, size)
    mask = states['memory_mask']
    if mask is None:
        mask = torch.zeros(len(samples), *size, dtype=torch.bool)
    parts['feature_mask'] = mask.view(len(samples), *size)
    memory = states['memory']
    parts['encoder_memory_LBD'] = memory.transpose(*IMAGES_FIRST)
    both = torch.cat([states['sub_states'], states['obj_states']], 2)
    parts['instance_decoder_layers_2Q_B_D'] = both.transpose(1, 2)
    tokens, clip_feature = model.clip_visual(inputs['clip_img'])
    states['clip_tokens'] = tokens
    states['clip_proj'] = model.clip_visual.proj
    parts['clip_pooled'] = clip_feature
    parts['clip_contextual'] = tokens
    decoder = model.interaction_decoder
    hoi_features = unprojected = decoder(states)
    name = 'interaction_decoder_layers_Q_B_D'
    if decoder.uses_clip:
        # Without the projection at the decoder's end.
        states['clip_proj'] = torch.eye(decoder.embed_dims)
        unprojected = decoder(states)
        name = 'clip_interaction_decoder_layers_Q_B_C'
        sup = decoder.memory_proj(memory)
        parts['sup_memory_LBC'] = sup.transpose(*IMAGES_FIRST)
        parts['clip_visual'] = tokens @ model.clip_visual.proj
        mean = (states['sub_states'][-1] + states['obj_states'][-1]) / 2
        parts['interaction_query_init_BQC'] = decoder.query_proj(mean)
    parts[name] = unprojected.transpose(1, 2)
    head = model.bbox_head
    parts['hum_bbox_logits'] = head.sub_reg(states['sub_states'])
    parts['obj_bbox_logits'] = head.obj_reg(states['obj_states'])
    parts['obj_class_fc'] = head.obj_classifier.proj(states['obj_states'])
    verbs = getattr(head.interaction_classifier, 'verbs', None)
    if verbs is not None:
        parts['inter2verb_layers_B_Q_E'] = verbs.adapter(hoi_features)
    parts['head'] = dict(
        sub_states=states['sub_states'],
        obj_states=states['obj_states'],
        interaction_features=hoi_features,
        clip_feature=clip_feature)
    return parts


def check_intermediates(report: Report, parts: Dict[str, Tensor],
                        official: Dict[str, Tensor]) -> None:
    """Compare every intermediate value that the file has.

    Args:
        report (Report): Takes the comparisons.
        parts (dict[str, Tensor]): Of `forward_parts`.
        official (dict[str, Tensor]): `intermediates_eval` of the file.
    """
    for name, theirs in official.items():
        row = f'intermediate: {name}'
        if name not in parts:
            report.not_compared(row, 'no such intermediate value here')
        elif theirs.dtype == torch.bool:
            report.equal(row, parts[name], theirs)
        else:
            # In units of the largest value, where it is above 1.
            scale = theirs.abs().max().clamp(min=1)
            report.near(row, parts[name] / scale, theirs / scale, FEATURES)


def check_outputs(report: Report,
                  row: str,
                  outputs: Dict[str, Tensor],
                  parts: Dict[str, Tensor],
                  official: Dict[str, Any],
                  train_ids: Optional[Tensor],
                  factor: float = 1.0) -> None:
    """Compare the raw outputs of all layers.

    Args:
        report (Report): Takes the comparisons.
        row (str): Start of the rows' names.
        outputs (dict[str, Tensor]): What our head returns.
        parts (dict[str, Tensor]): Of `forward_parts`.
        official (dict): `outputs_eval` or `outputs_train` of the file.
        train_ids (Tensor, optional): Ids of the seen HOIs, None for all.
        factor (float): Factor of all tolerances. Defaults to 1.0.
    """
    layers = [*official.get('aux_outputs', []), official]
    count = len(outputs['interaction_logits'])
    if len(layers) != count:
        report.not_compared(
            f'{row} aux_outputs', f'the file has {len(layers) - 1} layers '
            f'before the last, ours {count - 1}')
    features = outputs['interaction_features']
    for i, layer in enumerate(reversed(layers)):
        if i >= count:
            break
        for name, ours, tolerance in OUTPUTS:
            report.near(f'{row} {name}', outputs[ours][-1 - i], layer[name],
                        tolerance * factor)
        if 'inter_memory' in layer:
            report.near(f'{row} inter_memory', features[-1 - i],
                        layer['inter_memory'], FEATURES * factor)
    known = {name for name, _, _ in OUTPUTS}
    known |= {'aux_outputs', 'inter_memory'}
    once = _single_outputs(outputs, parts)
    for name, theirs in official.items():
        if name in known:
            continue
        if name not in once:
            report.not_compared(f'{row} {name}', 'no such output here')
            continue
        ours = once[name]
        if train_ids is not None and name == 'clip_logits' and (
                theirs.shape[-1] == len(train_ids)):
            # Of seen classes only.
            ours = ours[..., train_ids]
        report.near(f'{row} {name}', ours, theirs, FEATURES * factor)


def _single_outputs(outputs: Dict[str, Tensor],
                    parts: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Outputs that the official models have once, for the last layer."""
    features = outputs['interaction_features'][-1]
    single = {}
    if 'clip_visual' in parts:
        single['clip_visual'] = parts['clip_visual']
    pooled = F.normalize(parts['clip_pooled'], dim=-1)
    single['clip_cls_feature'] = pooled[:,
                                        None].expand(-1, features.shape[1], -1)
    single['hoi_feature'] = F.normalize(features, dim=-1)
    single['clip_logits'] = outputs['clip_logits'][:, None]
    return single
