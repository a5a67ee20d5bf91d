# Copyright (c) mmhoi contributors.
"""The reference against golden files of the official programs."""
from typing import Any, Dict, List

import torch
from golden_tools import read_golden
from torch import Tensor, nn

from .criterion import Criterion, total_loss
from .hoiclip import HOICLIP
from .postprocess import postprocess
from .sizes import CLIPSizes, Sizes
from .training import build_optimizer, train_step

#: Files that hold the texts' embeddings need not hold what made them.
TEXT_TOWER = tuple(f'clip_model.{part}'
                   for part in ('positional_embedding', 'text_projection',
                                'logit_scale', 'transformer.',
                                'token_embedding.', 'ln_final.'))


def build_from(content: Dict[str, Any]) -> HOICLIP:
    """The reference with the sizes and weights of a golden file.

    Args:
        content (dict): `args`, `clip_cfg` and `state_dict`.

    Returns:
        HOICLIP: In eval mode.
    """
    args, state = content['args'], content['state_dict']
    sizes = Sizes(**{
        name: args[name]
        for name in Sizes.__dataclass_fields__ if name in args
    })
    sizes.verb_hidden = len(state['inter2verb.layers.0.weight'])
    model = HOICLIP(sizes, CLIPSizes(**content['clip_cfg']))
    missing, unknown = model.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.startswith(TEXT_TOWER)]
    if missing or unknown:
        raise ValueError(f'the file lacks {missing}, has unknown {unknown}')
    if 'hoi_cls_normalised_text' in content:
        model.hoi_cls = content['hoi_cls_normalised_text']
    return model.eval()


def batch_of(content: Dict[str, Any]) -> List[Tensor]:
    """Arguments of `HOICLIP.forward` from a golden file."""
    inputs = content['inputs']
    images = inputs['images']
    mask = torch.ones_like(images[:, 0], dtype=torch.bool)
    for padding, (height, width) in zip(mask, inputs['image_sizes_hw']):
        padding[:height, :width] = False
    return [images, mask, inputs['clip_inputs']]


def model_differences(path: str) -> Dict[str, float]:
    """Compare outputs, matching, losses and gradients of one batch.

    Args:
        path (str): A golden file such as `hoiclip_tiny_hico.pt`.

    Returns:
        dict[str, float]: Largest absolute difference of each; of gradients
        that of the norm of all, relative.
    """
    content = read_golden(path)
    model = build_from(content)
    criterion = Criterion()
    outputs = model(*batch_of(content))
    targets = content['inputs']['targets']
    found = _output_differences(outputs, content['outputs_eval'])
    last = criterion.matcher(outputs, targets)
    first = criterion.matcher(outputs['aux_outputs'][0], targets)
    for name, indices in (('final', last), ('aux_0', first)):
        wrong = sum(not torch.equal(torch.as_tensor(theirs), ours)
                    for pair, official in zip(
                        indices, content['matcher'][name]['indices'])
                    for ours, theirs in zip(pair, official))
        found[f'matching {name}: images that differ'] = float(wrong)
    losses = criterion(outputs, targets)
    for name, value in content['loss_dict'].items():
        found[name] = abs(float(losses[name]) - float(value))
    found['total loss'] = abs(
        float(total_loss(losses)) - float(content['total_loss']))
    total_loss(losses).backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    found['gradient norm, relative'] = abs(
        float(norm) / float(content['grad_total_norm']) - 1)
    found.update(_prediction_differences(outputs, content))
    return found


def training_differences(model_path: str,
                         train_path: str,
                         steps: int = 15) -> Dict[str, float]:
    """Compare the total losses of some training steps, relative.

    Args:
        model_path (str): The file that training starts from.
        train_path (str): A golden file such as `hoiclip_tiny_train.pt`.
        steps (int): Number of steps. Later ones amplify rounding. Defaults to
            15.

    Returns:
        dict[str, float]: The largest difference.
    """
    content, train = read_golden(model_path), read_golden(train_path)
    model, criterion = build_from(content), Criterion()
    optimizer = build_optimizer(model)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        elif isinstance(module, nn.MultiheadAttention):
            module.dropout = 0.0
    model.train()
    worst = 0.0
    for theirs in train['total_loss'][:steps]:
        loss = train_step(model, criterion, optimizer, batch_of(content),
                          content['inputs']['targets'])
        worst = max(worst, abs(float(loss) / float(theirs) - 1))
    return {f'total loss of {steps} training steps, relative': worst}


def _output_differences(outputs: Dict, official: Dict) -> Dict[str, float]:
    found = {}
    for name, theirs in official.items():
        if name == 'aux_outputs':
            for i, layer in enumerate(theirs):
                part = _output_differences(outputs[name][i], layer)
                found.update({
                    f'{key} of layer {i}': v
                    for key, v in part.items()
                })
        elif name in outputs:
            difference = outputs[name].detach() - theirs
            found[name] = float(difference.abs().max())
    return found


def _prediction_differences(outputs: Dict, content: Dict) -> Dict[str, float]:
    sizes = torch.as_tensor(content['inputs']['orig_sizes'])
    found = {}
    for ours, theirs in zip(
            postprocess(outputs, sizes), content['postprocess_eval']):
        for name in ('boxes', 'hoi_scores', 'obj_scores', 'labels'):
            if name in theirs:
                key = f'predicted {name}'
                diff = float((ours[name] - theirs[name]).abs().max())
                # In pixels: rounding grows with the image.
                diff /= int(sizes.max()) if name == 'boxes' else 1
                found[key] = max(found.get(key, 0.0), diff)
    return found
