# Copyright (c) mmhoi contributors.
"""Golden files of models that no official run exists of, made by our code."""
import json
from copy import deepcopy

import torch
from parity.full_model import ARGS
from parity.loss_checks import NAMES
from parity.matching_checks import match_image
from parity.model_config import golden_model_cfg, open_clip_config
from parity.samples import golden_inputs, golden_samples

from mmhoi.checkpoints.official.conversion import export_official
from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.checkpoints.official.renaming import OURS
from mmhoi.label_spaces import (load_label_space, official_vcoco_table,
                                seen_hois)
from mmhoi.models.utils.padding_mask import padding_mask
from mmhoi.registry import MODELS

CLIP = dict(
    embed_dim=16,
    image_resolution=32,
    vision_layers=1,
    vision_width=64,
    vision_patch_size=16,
    context_length=77,
    vocab_size=49408,
    transformer_width=64,
    transformer_heads=1,
    transformer_layers=1)
OUTPUTS = dict(
    pred_hoi_logits='interaction_logits',
    pred_obj_logits='obj_logits',
    pred_sub_boxes='sub_bboxes',
    pred_obj_boxes='obj_bboxes')


def make_golden(folder, family, label_space, split=None, **sizes):
    args = dict(
        ARGS,
        hidden_dim=32,
        nheads=2,
        dim_feedforward=48,
        enc_layers=1,
        dec_layers=2,
        inter_dec_layers=2,
        num_queries=5,
        clip_dim=64,
        clip_embed_dim=16,
        mimic_loss_coef=20.0,
        with_mimic=True,
        **sizes)
    hint = _hint(family, label_space, split, args)
    clip = folder / 'made_clip.json'
    clip.write_text(json.dumps(open_clip_config(CLIP)))
    cfg = golden_model_cfg(args, hint, str(clip))
    torch.manual_seed(0)
    model = MODELS.build(_with_random_texts(cfg)).eval()
    with torch.no_grad():
        model.bbox_head.interaction_classifier.texts.bias -= 0.5
    extras = None
    if family == 'hoiclip' and label_space == 'vcoco':
        extras = dict(
            tensors=dict(verb2hoi_proj=hint['verb2hoi_proj']), dtypes={})
    state = export_official(model.state_dict(), FAMILIES[family], cfg, extras)
    content = dict(args=args, clip_cfg=CLIP, state_dict=state)
    if family == 'gen_vlkt':
        content['clip_state_dict'] = {
            name[len('clip_visual.'):]: value
            for name, value in model.state_dict().items()
            if name.startswith('clip_visual.')
        }
    content['inputs'] = _inputs(label_space, split)
    _add_results(content, model, FAMILIES[family].renaming)
    return content


def _with_random_texts(cfg):
    """Encoding prompts would take most of the time."""
    cfg = deepcopy(cfg)
    space = load_label_space(cfg.bbox_head.label_space)
    head = cfg.bbox_head
    parts = [(head.obj_classifier, len(space.object_prompts)),
             (head.interaction_classifier, len(space.hois))]
    if 'verbs' in head.interaction_classifier:
        parts.append((head.interaction_classifier.verbs, len(space.verbs)))
    for part, count in parts:
        texts = torch.randn(count, 16)
        part.embeddings = texts / texts.norm(dim=1)[:, None]
    return cfg


def _hint(family, label_space, split, args):
    """What tells the family and classes of a state dict."""
    space = load_label_space(label_space)
    seen = seen_hois(split, len(space.hois))
    texts = torch.randn(len(space.hois), args['clip_embed_dim'])
    state = {
        'visual_projection.weight': texts[torch.from_numpy(seen)],
        'inter2verb.layers.0.weight': torch.zeros(args['hidden_dim'], 1)
    }
    if split is not None:
        state['eval_visual_projection.weight'] = texts
    if family == 'gen_vlkt':
        del state['inter2verb.layers.0.weight']
        name = 'transformer.interaction_decoder.layers.0.norm1.weight'
        state[name] = torch.zeros(1)
        return state
    table = space.verb_to_hoi()[:, seen]
    if label_space == 'vcoco':
        table = official_vcoco_table()
    state['verb2hoi_proj'] = torch.from_numpy(table.copy()).float()
    name = 'transformer.clip_interaction_decoder.layers.0.norm1.weight'
    state[name] = torch.zeros(1)
    return state


def _inputs(label_space, split):
    space = load_label_space(label_space)
    num_classes = len(seen_hois(split, len(space.hois)))
    generator = torch.Generator().manual_seed(1)
    images = torch.randn(2, 3, 64, 96, generator=generator)
    images[1, :, :, 64:] = 0
    targets = []
    for count in (2, 1):
        labels = torch.zeros(count, num_classes)
        labels[torch.arange(count), torch.arange(count) * 7 + 3] = 1
        boxes = torch.tensor([[0.4, 0.5, 0.3, 0.6], [0.6, 0.4, 0.5, 0.2]])
        objects = boxes.flip(0).clone()
        if label_space == 'vcoco':
            # The first pair of V-COCO's has no object.
            objects[0] = 0
        targets.append(
            dict(
                sub_boxes=boxes[:count],
                obj_boxes=objects[:count],
                obj_labels=torch.arange(count) + 1,
                hoi_labels=labels))
    return dict(
        images=images,
        image_sizes_hw=[[64, 96], [64, 64]],
        orig_sizes=torch.tensor([[128, 192], [64, 64]]),
        clip_inputs=torch.randn(2, 3, 32, 32, generator=generator),
        targets=targets)


def _add_results(content, model, renaming):
    inputs, head = golden_inputs(content), model.bbox_head
    samples = golden_samples(content, head)
    with torch.no_grad():
        features = model.forward_features(inputs['img'],
                                          padding_mask(samples, 'cpu'),
                                          inputs['clip_img'])
        every = head(**features)
        seen = head(**features, seen_only=True)
    content['outputs_eval'] = _layers(every)
    content['outputs_train'] = _layers(seen)
    single = {ours: seen[ours][-1] for ours in OUTPUTS.values()}
    matched = [
        match_image({
            k: v[i]
            for k, v in single.items()
        }, sample, head) for i, sample in enumerate(samples)
    ]
    content['matcher'] = dict(
        final=dict(
            indices=[list(match[:2]) for match in matched],
            cost_matrix_per_image=[match[2] for match in matched]))
    losses = model(inputs, samples, mode='loss')
    sum(losses.values()).backward()
    content['total_loss'] = sum(losses.values()).item()
    content['loss_dict'] = {}
    for official, (ours, weight) in NAMES.items():
        for prefix, suffix in (('', ''), ('d0.', '_0')):
            if prefix + ours in losses:
                content['loss_dict'][official + suffix] = (
                    losses[prefix + ours].item() /
                    head.get_submodule(weight).loss_weight)
    content['grad_norms'] = {
        renaming.rename(name, OURS): param.grad.norm().item()
        for name, param in model.named_parameters() if param.requires_grad
    }
    norms = torch.tensor(list(content['grad_norms'].values()))
    content['grad_total_norm'] = norms.norm().item()
    content['postprocess_eval'] = [
        dict(
            hoi_scores=every['interaction_logits'][-1, i].sigmoid(),
            obj_scores=every['obj_logits'][-1, i].sigmoid()) for i in range(2)
    ]


def _layers(outputs):
    layers = [{
        theirs: outputs[ours][layer]
        for theirs, ours in OUTPUTS.items()
    } for layer in range(len(outputs['interaction_logits']))]
    if outputs['interaction_features'].shape[-1] == CLIP['embed_dim']:
        for layer, features in zip(layers, outputs['interaction_features']):
            layer['inter_memory'] = features
    return dict(layers[-1], aux_outputs=layers[:-1])
