# Copyright (c) mmhoi contributors.
"""Conversion of whole checkpoints against the config of a model."""
import hashlib
from typing import Any, Dict, Optional, Tuple

import torch
from mmengine.config import ConfigDict
from torch import Tensor

from mmhoi.label_spaces import load_label_space, seen_hois
from .class_sets import CLASSIFIER, COUNTER, EVAL_WEIGHT, WEIGHT
from .detr import from_detr
from .extras import collect_extras
from .fitting import check_clip, check_fit
from .gen_vlkt import (GEN_VLKT, TEACHER, from_official_gen_vlkt,
                       to_official_gen_vlkt)
from .hoiclip import HOICLIP, from_official_hoiclip, to_official_hoiclip
from .identify import (check_family, find_label_space, find_split,
                       has_official_vcoco_table)
from .rebuilding import rebuild_hoiclip_extras
from .skeleton import expected_shapes

#: renaming, import, export, type of the interaction decoder
PAIR_FAMILIES = {
    'hoiclip': (HOICLIP, from_official_hoiclip, to_official_hoiclip,
                'CLIPInteractionDecoder'),
    'gen_vlkt': (GEN_VLKT, from_official_gen_vlkt, to_official_gen_vlkt,
                 'InteractionDecoder')
}


def model_options(state_dict: Dict[str, Tensor],
                  family: str) -> Dict[str, Any]:
    """What an official checkpoint needs in the config of its model.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.
        family (str): `hoiclip` or `gen_vlkt`.

    Returns:
        dict[str, Any]: Options for `Config.merge_from_dict`.

    Raises:
        ValueError: If classes or split are unknown.
    """
    head = 'model.bbox_head.'
    label_space, split = find_label_space(state_dict), find_split(state_dict)
    options = {
        f'{head}interaction_classifier.bias': True,
        f'{head}obj_classifier.bias': True
    }
    if family == 'gen_vlkt':
        if split is not None:
            options[f'{head}interaction_classifier.fixed_eval'] = True
        return options
    if has_official_vcoco_table(state_dict, label_space, split):
        options[f'{head}interaction_classifier.verbs.'
                'official_vcoco_table'] = True
    train_ids = _train_ids(label_space, split)
    if EVAL_WEIGHT in from_official_hoiclip(state_dict, train_ids):
        options[f'{head}interaction_classifier.fixed_eval'] = True
    return options


def import_official(state_dict: Dict[str, Tensor], family: str,
                    model_cfg: ConfigDict) -> Tuple[Dict[str, Tensor], Dict]:
    """Turn the weights of an official model into those of ours.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.
        family (str): `hoiclip` or `gen_vlkt`.
        model_cfg (dict): Config of our model, with `model_options`.

    Returns:
        tuple[dict[str, Tensor], dict]: Float32 weights of our model, and the
        extras of `collect_extras`.

    Raises:
        KeyError: If a parameter is unknown.
        ValueError: If the family, the classes, the split, the CLIP model or a
            size is another one than the config's.
    """
    check_family(state_dict, family)
    renaming, convert, _, _ = PAIR_FAMILIES[family]
    _check_method(model_cfg, family)
    _check_classes(state_dict, model_cfg.bbox_head)
    if family == 'hoiclip':
        _check_table(state_dict, model_cfg.bbox_head)
    state = convert(state_dict, train_ids_of(model_cfg))
    expected = _shared(expected_shapes(model_cfg), family)
    check_clip(state, expected, model_cfg.clip.model_name)
    check_fit(state, expected)
    state = {name: value.float() for name, value in state.items()}
    return state, collect_extras(state_dict, renaming)


def import_detr(state_dict: Dict[str, Tensor],
                family: str,
                model_cfg: ConfigDict,
                keep_queries: bool = False) -> Dict[str, Tensor]:
    """Turn a DETR into initial weights of a model.

    Args:
        state_dict (dict[str, Tensor]): Weights of a DETR.
        family (str): `detr` or `mmdet_detr`.
        model_cfg (dict): Config of our model.
        keep_queries (bool): As in `from_detr`. Defaults to False.

    Returns:
        dict[str, Tensor]: Part of the model's state dict.

    Raises:
        KeyError: If a parameter is unknown.
        ValueError: If the family or a size is another one.
    """
    check_family(state_dict, family)
    decoder = model_cfg.get('interaction_decoder') or {}
    like_detr = decoder.get('type') == PAIR_FAMILIES['gen_vlkt'][3]
    head = model_cfg.bbox_head
    linear = head.obj_classifier.type == 'LinearObjectClassifier'
    state = from_detr(
        state_dict,
        model_cfg.decoder.num_layers,
        keep_queries,
        num_interaction_layers=decoder.num_layers if like_detr else 0,
        shared_queries=model_cfg.queries.type == 'SharedQueries',
        label_space=load_label_space(head.label_space) if linear else None)
    check_fit(state, expected_shapes(model_cfg), partly=True)
    return state


def export_official(state_dict: Dict[str, Tensor],
                    family: str,
                    model_cfg: ConfigDict,
                    extras: Optional[Dict] = None) -> Dict[str, Tensor]:
    """Turn the weights of our model into those of an official one.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model.
        family (str): `hoiclip` or `gen_vlkt`.
        model_cfg (dict): Config of our model.
        extras (dict, optional): What the official checkpoint held that the
            weights came from. Defaults to None: for HOICLIP it is made anew.

    Returns:
        dict[str, Tensor]: Weights with official names.

    Raises:
        KeyError: If a parameter has no official name.
        ValueError: If the model is of another family or does not fit its
            config, or the official code has no such model.
    """
    check_family(state_dict, 'mmhoi')
    _check_method(model_cfg, family)
    export = PAIR_FAMILIES[family][2]
    given = _shared(state_dict, family)
    check_fit(given, _shared(expected_shapes(model_cfg), family))
    if extras is None and family == 'hoiclip':
        extras = rebuild_hoiclip_extras(given, model_cfg)
    return export(given, train_ids_of(model_cfg), extras)


def describe(state_dict: Dict[str, Tensor],
             model_cfg: ConfigDict) -> Dict[str, Any]:
    """What to note in a checkpoint about its classes.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model.
        model_cfg (dict): Its config.

    Returns:
        dict: `label_space`, `zero_shot_split`, `dataset_meta` with the names
        of its classes and, if the weights have an HOI classifier,
        `text_embedding_sha256` of it.
    """
    head = model_cfg.bbox_head
    space = load_label_space(head.label_space)
    notes = dict(
        label_space=head.label_space,
        zero_shot_split=head.get('zero_shot_split'),
        dataset_meta=dict(
            classes=list(space.objects),
            verb_classes=list(space.verbs),
            hoi_classes=list(space.hois)))
    if WEIGHT in state_dict:
        texts = state_dict.get(EVAL_WEIGHT, state_dict[WEIGHT])
        notes['text_embedding_sha256'] = hashlib.sha256(
            texts.float().contiguous().numpy().tobytes()).hexdigest()
    return notes


def train_ids_of(model_cfg: ConfigDict) -> Optional[torch.Tensor]:
    """Ids of a model's seen HOIs, None if all are seen."""
    head = model_cfg.bbox_head
    return _train_ids(head.label_space, head.get('zero_shot_split'))


def _shared(tensors: Dict[str, Any], family: str) -> Dict[str, Any]:
    """What of our model the official one has a counterpart for."""
    left_out = TEACHER if family == 'gen_vlkt' else ()
    return {
        name: value
        for name, value in tensors.items()
        if not name.endswith(COUNTER) and not name.startswith(left_out)
    }


def _train_ids(label_space: str,
               split: Optional[str]) -> Optional[torch.Tensor]:
    if split is None:
        return None
    num_hois = len(load_label_space(label_space).hois)
    return torch.from_numpy(seen_hois(split, num_hois))


def _check_method(model_cfg: ConfigDict, family: str) -> None:
    expected = PAIR_FAMILIES[family][3]
    decoder = model_cfg.interaction_decoder
    if decoder.type != expected:
        raise ValueError(
            f'the config has interaction_decoder.type="{decoder.type}", but a '
            f'model of the family "{family}" has "{expected}"; choose a '
            'config of that method with --config')
    if family != 'hoiclip':
        return
    sources = tuple(decoder.get('sources', ('clip', 'memory')))
    if set(sources) != {
            'clip', 'memory'
    } or not model_cfg.bbox_head.interaction_classifier.get('verbs'):
        raise ValueError(
            'the official code has no HOICLIP without verb branch, or with '
            f'interaction_decoder.sources={sources}')


def _check_classes(state_dict: Dict[str, Tensor], head: ConfigDict) -> None:
    found = find_label_space(state_dict), find_split(state_dict)
    wanted = head.label_space, head.get('zero_shot_split')
    if found != wanted:
        raise ValueError(
            f'the checkpoint is one of label space "{found[0]}" with the '
            f'zero-shot split "{found[1]}", the config one of "{wanted[0]}" '
            f'with "{wanted[1]}" ({CLASSIFIER[:-1]}); choose a config of the '
            'same with --config')


def _check_table(state_dict: Dict[str, Tensor], head: ConfigDict) -> None:
    found = has_official_vcoco_table(state_dict, head.label_space,
                                     head.get('zero_shot_split'))
    wanted = bool(
        head.interaction_classifier.verbs.get('official_vcoco_table'))
    if found != wanted:
        raise ValueError(
            f'the config has official_vcoco_table={wanted}, but the table '
            f'from verbs to HOIs in the checkpoint needs {found} (config key '
            '`model.bbox_head.interaction_classifier.verbs.'
            'official_vcoco_table`)')
