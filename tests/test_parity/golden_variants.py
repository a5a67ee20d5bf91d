# Copyright (c) mmhoi contributors.
"""Golden files of any split and size, made of our own model.

They say nothing about the official code. They show that what reads golden
files works for other models than the stored ones.
"""
import json
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
import torch
import torch.nn.functional as F
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from torch import Tensor, nn

from mmhoi.label_spaces import (load_label_space, official_vcoco_table,
                                seen_hois)
from mmhoi.models.official import export_official
from mmhoi.models.official.gen_vlkt import GEN_VLKT
from mmhoi.models.official.hoiclip import HOICLIP
from mmhoi.models.official.renaming import OURS, Renaming
from mmhoi.parity.forward_checks import OUTPUTS, forward_parts
from mmhoi.parity.loss_checks import NAMES, losses_of
from mmhoi.parity.matching_checks import match_image
from mmhoi.parity.model_config import golden_model_cfg, open_clip_config
from mmhoi.parity.samples import golden_inputs, golden_samples
from mmhoi.registry import MODELS

CLIP_CFG = dict(
    embed_dim=32,
    image_resolution=32,
    vision_layers=1,
    vision_width=64,
    vision_patch_size=16,
    context_length=77,
    vocab_size=49408,
    transformer_width=64,
    transformer_heads=1,
    transformer_layers=1)
ARGS = dict(
    lr=1e-4,
    lr_backbone=1e-5,
    weight_decay=1e-4,
    clip_max_norm=0.1,
    backbone='resnet50',
    dilation=False,
    position_embedding='sine',
    pre_norm=False,
    masks=False,
    aux_loss=True,
    dropout=0.1,
    enc_layers=1,
    dec_layers=2,
    dim_feedforward=48,
    hidden_dim=32,
    nheads=2,
    num_queries=6,
    verb_loss_type='focal',
    with_clip_label=True,
    with_obj_clip_label=True,
    set_cost_bbox=2.5,
    set_cost_giou=1,
    set_cost_obj_class=1,
    set_cost_hoi=1,
    bbox_loss_coef=2.5,
    giou_loss_coef=1,
    obj_loss_coef=1,
    hoi_loss_coef=2,
    alpha=0.5,
    eos_coef=0.1,
    clip_embed_dim=32)
FAMILY_ARGS = dict(
    hoiclip=dict(
        inter_dec_layers=2,
        clip_dim=64,
        verb_weight=0.3,
        fix_clip=True,
        with_rec_loss=False),
    gen_vlkt=dict(with_mimic=True, mimic_loss_coef=20.0, fix_clip=False))
BATCH_HW = 64, 96
SIZES = [(64, 96), (48, 64)]


def make_variant(folder,
                 family: str = 'hoiclip',
                 label_space: str = 'hico_det',
                 split: Optional[str] = None,
                 **args) -> Dict[str, Any]:
    """Contents of a golden file.

    Args:
        folder (Path): Takes the config of a CLIP model.
        family (str): `hoiclip` or `gen_vlkt`.
        label_space (str): `hico_det` or `vcoco`.
        split (str, optional): Zero-shot split.
        **args: Replace those of `ARGS`.

    Returns:
        dict: Weights, inputs and what our model makes of them.
    """
    torch.manual_seed(0)
    args = dict(
        ARGS,
        **FAMILY_ARGS[family],
        dataset_file=label_space.replace('_det', ''),
        zero_shot_type=split or 'default') | args
    clip = folder / 'variant_clip.json'
    clip.write_text(json.dumps(open_clip_config(CLIP_CFG)))
    classes = _classes(family, label_space, split, args)
    cfg = golden_model_cfg(args, classes, str(clip))
    model = MODELS.build(cfg).eval()
    content = dict(
        args=args,
        clip_cfg=CLIP_CFG,
        state_dict=export_official(model.state_dict(), family, cfg),
        inputs=_inputs(model.bbox_head, label_space))
    if family == 'gen_vlkt':
        content['clip_state_dict'] = model.clip_visual.state_dict()
    renaming = dict(hoiclip=HOICLIP, gen_vlkt=GEN_VLKT)[family]
    content.update(_results(model, content, renaming))
    return content


def _classes(family: str, label_space: str, split: Optional[str],
             args: Dict[str, Any]) -> Dict[str, Tensor]:
    """The official weights that tell the classes, with any values."""
    space = load_label_space(label_space)
    seen = torch.from_numpy(seen_hois(split, len(space.hois)))
    texts = torch.randn(len(space.hois), CLIP_CFG['embed_dim'])
    state = {'visual_projection.weight': texts[seen]}
    if split is not None:
        state['eval_visual_projection.weight'] = texts
    if family == 'hoiclip':
        table = space.verb_to_hoi()[:, seen]
        if label_space == 'vcoco':
            table = official_vcoco_table()
        state['verb2hoi_proj'] = torch.from_numpy(np.array(table))
        width = args['hidden_dim']
        state['inter2verb.layers.0.weight'] = torch.zeros(width, 32)
        name = 'transformer.clip_interaction_decoder.norm.weight'
        state[name] = torch.zeros(64)
    return state


def _inputs(head: nn.Module, label_space: str) -> Dict[str, Any]:
    """Two images of noise: one with three pairs, one with one pair."""
    images = torch.randn(2, 3, *BATCH_HW)
    height, width = SIZES[1]
    images[1, :, height:] = 0
    images[1, :, :, width:] = 0
    num_classes = head.num_hois if head.train_ids is None else len(
        head.train_ids)
    targets = []
    for num_pairs in (3, 1):
        labels = torch.zeros(num_pairs, num_classes)
        labels[torch.arange(num_pairs),
               torch.randint(num_classes, (num_pairs, ))] = 1
        labels[0, 0] = 1
        boxes = torch.rand(2, num_pairs, 4) * 0.3 + 0.2
        objects = torch.randint(80, (num_pairs, ))
        if label_space == 'vcoco' and num_pairs > 1:
            boxes[1, 1] = 0
            objects[1] = 80
        targets.append(
            dict(
                sub_boxes=boxes[0],
                obj_boxes=boxes[1],
                obj_labels=objects,
                hoi_labels=labels))
    return dict(
        images=images,
        image_sizes_hw=[list(size) for size in SIZES],
        orig_sizes=torch.tensor([[128, 192], [200, 300]]),
        clip_inputs=torch.randn(2, 3, 32, 32),
        targets=targets)


def _results(model: nn.Module, content: Dict[str, Any],
             renaming: Renaming) -> Dict[str, Any]:
    """What our model makes of the inputs, by official names."""
    inputs = golden_inputs(content)
    samples = golden_samples(content, model.bbox_head)
    parts = forward_parts(model, inputs, samples)
    head = parts.pop('head')
    with torch.no_grad():
        evaluated = model.bbox_head(**head)
        trained = model.bbox_head(**head, use_train_classes=True)
    losses = losses_of(model, model.forward_features(inputs, samples), samples)
    total = sum(losses.values())
    total.backward()
    weights, unweighted = _losses(losses, model.bbox_head)
    norms = {
        renaming.rename(name, OURS): param.grad.norm().item()
        for name, param in model.named_parameters() if param.requires_grad
    }
    square_sum = sum(norm**2 for norm in norms.values())
    count = len(trained['hoi_logits'])
    return dict(
        outputs_eval=_outputs(evaluated, parts),
        outputs_train=_outputs(trained, parts),
        intermediates_eval=parts,
        matcher={
            'final' if i == count - 1 else f'aux_{i}':
            dict(indices=_indices(trained, i, samples, model.bbox_head))
            for i in range(count)
        },
        weight_dict=weights,
        loss_dict=unweighted,
        total_loss=total.item(),
        grad_norms=norms,
        grad_total_norm=square_sum**0.5,
        postprocess_eval=_post_process(evaluated, content))


def _outputs(outputs: Dict[str, Tensor],
             parts: Dict[str, Tensor]) -> Dict[str, Any]:
    layers = [{
        theirs: outputs[ours][i]
        for theirs, ours, _ in OUTPUTS
    } for i in range(len(outputs['hoi_logits']))]
    if 'sup_memory_LBC' not in parts:
        for layer, features in zip(layers, outputs['hoi_features']):
            layer['inter_memory'] = features
        return dict(layers[-1], aux_outputs=layers[:-1])
    features = outputs['hoi_features'][-1]
    pooled = F.normalize(parts['clip_pooled'], dim=-1)[:, None]
    return dict(
        layers[-1],
        aux_outputs=layers[:-1],
        clip_visual=parts['clip_contextual'],
        clip_cls_feature=pooled.repeat(1, features.shape[1], 1),
        hoi_feature=F.normalize(features, dim=-1),
        clip_logits=outputs['clip_logits'][:, None])


def _losses(losses: Dict[str, Tensor],
            head: nn.Module) -> Tuple[Dict[str, float], Dict[str, float]]:
    """Official weights, and losses without them."""
    weights, unweighted = {}, {}
    for official, (ours, part) in NAMES.items():
        for name, value in losses.items():
            prefix, _, rest = name.rpartition('.')
            if rest == ours:
                key = official + prefix.replace('d', '_', 1)
                weights[key] = getattr(head, part).loss_weight
                unweighted[key] = value.item() / weights[key]
    return weights, unweighted


def _indices(outputs: Dict[str, Tensor], layer: int, samples: List,
             head: nn.Module) -> List[List[Tensor]]:
    names = [ours for _, ours, _ in OUTPUTS]
    return [
        list(
            match_image({name: outputs[name][layer][i]
                         for name in names}, sample, head)[:2])
        for i, sample in enumerate(samples)
    ]


def _post_process(outputs: Dict[str, Tensor],
                  content: Dict[str, Any]) -> List[Dict[str, Tensor]]:
    results = []
    for i, (height, width) in enumerate(content['inputs']['orig_sizes']):
        boxes = torch.cat(
            [outputs['sub_bboxes'][-1, i], outputs['obj_bboxes'][-1, i]])
        logits = outputs['obj_logits'][-1, i]
        objects = logits.softmax(-1)[:, :-1].argmax(-1)
        results.append(
            dict(
                labels=torch.cat([torch.zeros_like(objects), objects]),
                boxes=bbox_cxcywh_to_xyxy(boxes) *
                torch.stack([width, height, width, height]),
                hoi_scores=outputs['hoi_logits'][-1, i].sigmoid(),
                obj_scores=logits.sigmoid(),
                sub_ids=torch.arange(len(objects)),
                obj_ids=torch.arange(len(objects)) + len(objects)))
    return results
