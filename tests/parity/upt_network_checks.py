# Copyright (c) mmhoi contributors.
"""The network of UPT, step by step, against a golden file."""
from typing import Any, Dict, List

import torch
from torch import Tensor, nn

from mmhoi.checkpoints.official.upt import UPT
from mmhoi.models.detectors.detector_reading import read_detector
from mmhoi.models.detectors.two_stage import PairInputs
from mmhoi.models.heads.pair36 import pair36
from mmhoi.structures import HOIDataSample
from .report import Report
from .upt_model import HEAD, golden_samples

#: Tolerances of the file's README.
LOGITS, GRADIENTS, PIXELS = 1e-5, 1e-3, 5e-3
#: Where the detector ran here, too.
FROM_IMAGES = 2e-4


@torch.no_grad()
def check_detector(report: Report, model: nn.Module, content: Dict[str, Any],
                   logits: Tensor) -> PairInputs:
    """Run the model, compare with the file; return our inputs of the head."""
    images = content['inputs']['images']
    shape = tuple(images.shape[-2:])
    samples = golden_samples(content, range(len(images)))
    for sample in samples:
        sample.set_metainfo(dict(batch_input_shape=shape))
    theirs = content['detector_intermediates']
    outputs = read_detector(model.detector, images, samples)
    maps = outputs.maps
    for row, ours, official in (
        ('backbone_layer4', maps.backbone[-1], theirs['backbone_layer4']),
        ('input_proj', maps.neck[-1], theirs['input_proj']),
        ('encoder_memory', maps.memory[-1].flatten(2).permute(2, 0, 1),
         theirs['encoder_memory_LBD']),
        ('last decoder layer',
         torch.stack([image.query_states for image in outputs.instances],
                     1), theirs['decoder_normed_layers_QBD'][-1])):
        scaled(report, f'detector: {row}', ours, official, 1e-4)
    for ours, official in zip(outputs.instances, content['detector_results']):
        report.near('detector: scores', ours.scores, official['scores'], 1e-4)
        report.equal('detector: labels', ours.labels, official['labels'])
        report.near('detector: boxes in pixels', ours.bboxes,
                    official['boxes'], PIXELS)
    inputs = model.pair_inputs(dict(img=images), samples)
    for tokens, ours, official in zip(inputs.tokens, inputs.proposals,
                                      content['region_props']):
        report.equal('selected boxes: labels', ours.labels, official['labels'])
        report.near('selected boxes: boxes in pixels', ours.boxes,
                    official['boxes'], PIXELS)
        report.near('selected boxes: tokens', tokens,
                    official['hidden_states'], 1e-4)
    head = model.interaction_head
    report.near('logits from images',
                head(**inputs._asdict())['logits'], logits, FROM_IMAGES)
    report.same_set(
        'which parts of the model are frozen',
        [
            name.partition('.')[0]
            for name, parameter in model.named_parameters()
            if not parameter.requires_grad
            # Without effect, which officially nobody says.
            and '.fpn.layer_blocks.' not in name
        ],
        [
            name.partition('.')[0] for name in content['params_frozen']
            # Not a name: that there are more.
            if not name.startswith('.')
        ])
    losses = model.loss(dict(img=images), samples)
    report.near(
        'loss from images',
        losses['loss_hoi'],
        content['total_loss'],
        FROM_IMAGES,
        relative=True)
    return inputs


@torch.no_grad()
def check_intermediates(report: Report, head: nn.Module, batch: Dict[str, Any],
                        theirs: Dict[str, Any]) -> None:
    """Step by step, for images that have pairs; each on its own."""
    whole = batch['feature_maps'][0].mean((2, 3))
    report.near('global_features', whole, theirs['global_features'], LOGITS)
    kept = [i for i, image in enumerate(batch['proposals']) if image.num_pairs]
    for k, i in enumerate(kept):
        image, tokens = batch['proposals'][i], batch['tokens'][i][None]
        code = pair36(image.boxes, batch['img_sizes'][i])
        report.near('spatial_encoding_36', code.flatten(0, 1),
                    theirs['spatial_encoding_36'][k], 1e-4)
        spatial = head.spatial_encoder(code)[None]
        report.near('spatial_head', spatial[0].flatten(0, 1),
                    theirs['spatial_head'][k], LOGITS)
        padding = torch.zeros(1, len(image.boxes), dtype=torch.bool)
        for n, layer in enumerate(head.cooperative):
            weights = layer.attention(*layer.split_heads(tokens, spatial),
                                      padding)
            # Officially with the heads first.
            report.near('coop_attention', weights[0].permute(2, 0, 1)[...,
                                                                      None],
                        _per_image(theirs['coop_attention'], kept, k, n), 1e-5)
            tokens = layer(tokens, spatial, padding)
            report.near(f'coop_layer_{n}', tokens[0],
                        theirs[f'coop_layer_{n}'][k], LOGITS)
        subs, objs = image.sub_inds, image.obj_inds
        spatial = spatial[0, subs, objs]
        parts = [
            head.pair_fusion(
                torch.cat([tokens[0, subs], tokens[0, objs]], -1), spatial),
            head.global_fusion(whole[i].expand(len(subs), -1), spatial)
        ]
        for name, part in zip(('mbf', 'mbf_g'), parts):
            scaled(report, name, part, theirs[name][k])
        _check_competition(report, head.competitive, torch.cat(parts, -1),
                           theirs, k)


def scaled(report: Report,
           row: str,
           ours: Tensor,
           theirs: Tensor,
           tolerance: float = LOGITS) -> None:
    """Compare in units of the largest value, where it is above 1."""
    scale = theirs.abs().max().clamp(min=1)
    report.near(row, ours / scale, theirs / scale, tolerance)


def _per_image(attention: List[Any], kept: List[int], k: int,
               layer: int) -> Tensor:
    """Attention of a layer; lists are by image, of layers."""
    return attention[k][layer] if len(attention) == len(kept) else attention[
        kept[k]][layer]


def _check_competition(report: Report, layer: nn.Module, pairs: Tensor,
                       theirs: Dict[str, Any], k: int) -> None:
    attended, weights = layer.self_attn(
        pairs[None],
        pairs[None],
        pairs[None],
        need_weights=True,
        average_attn_weights=False)
    report.near('comp_attention', weights[0], theirs['comp_attention'][k],
                1e-5)
    report.near('comp_attention_output', layer.norm1(pairs + attended[0]),
                theirs['comp_attention_output'][k], LOGITS)
    report.near('pairwise_tokens_comp_layer',
                layer(pairs[None])[0], theirs['pairwise_tokens_comp_layer'][k],
                LOGITS)


def check_gradients(report: Report, head: nn.Module, batch: Dict[str, Any],
                    samples: List[HOIDataSample], content: Dict[str,
                                                                Any]) -> None:
    """Gradients, brought to the official layout by the official names.

    Official parameters are told apart by numbering their values, so that the
    conversion of weights also leads from ours back to theirs.
    """
    head.zero_grad()
    head.loss(samples, **batch)['loss_hoi'].backward()
    gradients = {
        HEAD + name: parameter.grad
        for name, parameter in head.named_parameters()
    }
    theirs = official_gradients(gradients, content['state_dict'])
    zero = set(content['analytically_zero_gradients'])
    squares = 0.0
    for name, norm in content['grad_norms'].items():
        squares += theirs[name].double().square().sum().item()
        if name not in zero:
            report.near(
                'gradient norms',
                theirs[name].double().norm(),
                norm,
                GRADIENTS,
                relative=True)
    report.near(
        'total gradient norm',
        squares**0.5,
        content['grad_total_norm'],
        GRADIENTS,
        relative=True)
    for name, official in content['grad_small_params'].items():
        if name not in zero:
            report.near(
                'gradients of small parameters',
                theirs[name],
                official,
                GRADIENTS,
                relative=True)
    report.same_set('which parameters are trained', theirs,
                    content['grad_norms'])
    head.zero_grad()


def official_gradients(gradients: Dict[str, Tensor],
                       state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Gradients of our parameters in the official layout.

    Args:
        gradients (dict[str, Tensor]): By our names.
        state_dict (dict[str, Tensor]): Official weights: names and shapes.

    Returns:
        dict[str, Tensor]: By official names; zeros for what we leave out.
    """
    shapes = {
        name: value.shape
        for name, value in state_dict.items() if name.startswith(HEAD)
    }
    sizes = [shape.numel() for shape in shapes.values()]
    numbers = torch.arange(1, 1 + sum(sizes)).split(sizes)
    numbered = {
        name: part.view(shape)
        for (name, shape), part in zip(shapes.items(), numbers)
    }
    flat = torch.zeros(1 + sum(sizes))
    for name, places in UPT().rename(numbered).items():
        flat[places] = gradients[name]
    return {
        name: part.view(shape)
        for (name, shape), part in zip(shapes.items(), flat[1:].split(sizes))
    }
