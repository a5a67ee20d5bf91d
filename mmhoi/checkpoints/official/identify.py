# Copyright (c) mmhoi contributors.
"""What a checkpoint is, told from its parameters."""
from typing import Dict, List, Optional

import numpy as np
import torch
from torch import Tensor

from mmhoi.label_spaces import (LABEL_SPACES, load_label_space,
                                official_vcoco_table, seen_hois,
                                zero_shot_split_names)

#: A name that only this family has, tried in this order.
_MARKS = {
    'hoiclip': 'transformer.clip_interaction_decoder.layers.0.',
    'gen_vlkt': 'transformer.interaction_decoder.layers.0.',
    'detr': 'transformer.decoder.layers.0.',
    'mmhoi': 'queries.',
    'mmdet_detr': 'bbox_head.reg_ffn.'
}
FAMILIES = ('hoiclip', 'gen_vlkt', 'detr', 'mmdet_detr')
TABLE = 'verb2hoi_proj'


def find_family(state_dict: Dict[str, Tensor]) -> Optional[str]:
    """Tell what a checkpoint is.

    Args:
        state_dict (dict[str, Tensor]): Weights of any checkpoint.

    Returns:
        str | None: One of `FAMILIES`, `mmhoi` for our models; None if it is
        something else.
    """
    return next((family for family, mark in _MARKS.items() if any(
        name.startswith(mark) for name in state_dict)), None)


def check_family(state_dict: Dict[str, Tensor], family: str) -> None:
    """Refuse a checkpoint of another family.

    Args:
        state_dict (dict[str, Tensor]): Weights of any checkpoint.
        family (str): One of `FAMILIES`, or `mmhoi` for our models.

    Raises:
        ValueError: If it is another one.
    """
    found = find_family(state_dict)
    if found == family:
        return
    if found is None:
        raise ValueError(
            f'this is no checkpoint of the family "{family}", nor of one of '
            f'{", ".join(_MARKS)}; the first names are '
            f'{list(state_dict)[:3]}')
    remedy = ('it is ours already'
              if found == 'mmhoi' else f'use --from {found}')
    if family == 'mmhoi':
        remedy = f'it is official already, or turn it with --from {found}'
    raise ValueError(f'this is a checkpoint of the family "{found}", not of '
                     f'"{family}"; {remedy}')


def find_label_space(state_dict: Dict[str, Tensor]) -> str:
    """Name of the label space of an official HOICLIP or GEN-VLKT.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.

    Returns:
        str: A name of `LABEL_SPACES`.

    Raises:
        ValueError: If no label space has as many HOI classes.
    """
    num_hois = len(_all_classes(state_dict))
    sizes = {name: len(load_label_space(name).hois) for name in LABEL_SPACES}
    for name, size in sizes.items():
        if size == num_hois:
            return name
    raise ValueError(
        f'the checkpoint has {num_hois} HOI classes; known are '
        f'{", ".join(f"{size} ({name})" for name, size in sizes.items())}')


def find_split(state_dict: Dict[str, Tensor]) -> Optional[str]:
    """Name of the zero-shot split of an official HOICLIP or GEN-VLKT.

    Splits of equal size differ in the table from verbs to HOIs (HOICLIP), and
    in the texts of the seen classes, which are rows of those of all.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.

    Returns:
        str | None: The name, None if all classes are seen.

    Raises:
        ValueError: If no split fits, or several do.
    """
    if 'eval_visual_projection.weight' not in state_dict:
        return None
    every = _matrix(state_dict, 'eval_visual_projection.weight')
    seen = _matrix(state_dict, 'visual_projection.weight')
    names = _fitting_splits(state_dict, len(seen), len(every))
    if len(names) > 1:
        # Trained rows have moved from their texts, but not far.
        distances = [(seen - every[torch.from_numpy(
            seen_hois(name, len(every)))]).norm().item() for name in names]
        nearest = np.flatnonzero(np.array(distances) == min(distances))
        names = [names[i] for i in nearest]
    if len(names) != 1:
        raise ValueError(
            f'the checkpoint has {len(seen)} seen HOI classes of '
            f'{len(every)}, which fits {", ".join(names) or "none"} of the '
            f'zero-shot splits {", ".join(zero_shot_split_names())}')
    return names[0]


def default_config(state_dict: Dict[str, Tensor], family: str) -> str:
    """Path below `configs/` of the config for an official checkpoint.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.
        family (str): `hoiclip` or `gen_vlkt`.

    Returns:
        str: The path, whose file need not exist.

    Raises:
        ValueError: If classes or split are unknown.
    """
    data = find_label_space(state_dict).replace('hico_det', 'hico')
    split = find_split(state_dict)
    name = data if split is None else f'{data}_{split.replace("_", "-")}'
    if family == 'hoiclip':
        return f'hoiclip/hoiclip_r50_{name}.py'
    large = 'backbone.0.body.layer3.22.conv1.weight' in state_dict
    size = 'l_r101' if large else 's_r50'
    return f'gen_vlkt/gen_vlkt_{size}_{name}.py'


def has_official_vcoco_table(state_dict: Dict[str, Tensor],
                             label_space: str,
                             split: Optional[str] = None) -> bool:
    """Whether HOICLIP's verbs are spread over HOIs by V-COCO's wrong table.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.
        label_space (str): Name of the label space.
        split (str, optional): Name of the zero-shot split.

    Returns:
        bool: False if the table is right.

    Raises:
        ValueError: If the table is neither, or missing.
    """
    if TABLE not in state_dict:
        raise ValueError(f'the checkpoint has no {TABLE}, the table from '
                         'verbs to HOIs that every official HOICLIP has')
    table = _matrix(state_dict, TABLE).float().cpu().numpy()
    space = load_label_space(label_space)
    right = space.verb_to_hoi()[:, seen_hois(split, len(space.hois))]
    if np.array_equal(table, right):
        return False
    if label_space == 'vcoco' and np.array_equal(table,
                                                 official_vcoco_table()):
        return True
    raise ValueError(
        f'{TABLE} of the checkpoint, shape {table.shape}, is not the table of '
        f'the label space "{label_space}" with the zero-shot split "{split}", '
        f'shape {right.shape}: its verbs or HOIs are others, or in another '
        'order')


def _all_classes(state_dict: Dict[str, Tensor]) -> Tensor:
    zero_shot = 'eval_visual_projection.weight' in state_dict
    return _matrix(state_dict,
                   ('eval_' if zero_shot else '') + 'visual_projection.weight')


def _matrix(state_dict: Dict[str, Tensor], name: str) -> Tensor:
    value = state_dict.get(name)
    if value is None:
        raise ValueError(
            f'the checkpoint has no {name}: it is incomplete, or of a model '
            'that does not exist here (one trained without --with_clip_label '
            'has no classifier of texts)')
    if value.ndim != 2:
        raise ValueError(f'{name} of the checkpoint must have 2 dimensions, '
                         f'but has shape {tuple(value.shape)}')
    return value


def _fitting_splits(state_dict: Dict[str, Tensor], num_seen: int,
                    num_hois: int) -> List[str]:
    names = [
        name for name in zero_shot_split_names()
        if len(seen_hois(name, num_hois)) == num_seen
    ]
    if TABLE in state_dict:
        table = state_dict[TABLE].float().cpu().numpy()
        right = load_label_space('hico_det').verb_to_hoi()
        names = [
            name for name in names
            if np.array_equal(table, right[:, seen_hois(name, num_hois)])
        ]
    return names
