# Copyright (c) mmhoi contributors.
"""Conversion of whole checkpoints against the config of a model."""
import hashlib
from typing import Any, Dict, Optional, Tuple

from mmengine.config import ConfigDict
from torch import Tensor

from mmhoi.label_spaces import load_label_space
from ..class_record import KEY, record_of
from ..empty_model import expected_shapes
from ..errors import CheckpointMismatchError
from ..fitting import Shapes, check_clip, describe_mismatch, weight_shapes
from .class_sets import EVAL_WEIGHT, WEIGHT
from .family import Family, OfficialMethod, head_cfg
from .identify import check_family
from .named_weights import NamedWeights


def import_official(
        state_dict: Dict[str, Tensor], family: Family,
        model_cfg: ConfigDict) -> Tuple[Dict[str, Tensor], Optional[Dict]]:
    """Turn official weights into those of our model.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.
        family (Family): What they are of; one of `FAMILIES`.
        model_cfg (dict): Config of our model, with the family's
            `model_options`.

    Returns:
        tuple[dict[str, Tensor], dict | None]: Float32 weights of our model,
        and what `export_official` needs beside them.

    Raises:
        KeyError: If a parameter is unknown.
        ValueError: If the family, the classes, the split, the CLIP model or a
            size is another one than the config's.
    """
    check_family(state_dict, family)
    state_dict = NamedWeights(state_dict)
    state = family.to_ours(state_dict, model_cfg)
    expected = family.shared(expected_shapes(model_cfg))
    if model_cfg.get('clip'):
        check_clip(state, expected, model_cfg.clip.model_name)
    _check_fit(expected, weight_shapes(state), family.is_partial)
    state = {name: value.float() for name, value in state.items()}
    return state, family.collect_extras(state_dict)


def export_official(state_dict: Dict[str, Tensor],
                    family: OfficialMethod,
                    model_cfg: ConfigDict,
                    extras: Optional[Dict] = None) -> Dict[str, Tensor]:
    """Turn the weights of our model into those of an official one.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model.
        family (OfficialMethod): What they shall be; one of `FAMILIES`.
        model_cfg (dict): Config of our model.
        extras (dict, optional): What the official checkpoint held that the
            weights came from. Defaults to None: it is made anew.

    Returns:
        dict[str, Tensor]: Weights with official names.

    Raises:
        KeyError: If a parameter has no official name.
        ValueError: If the model is of another family or does not fit its
            config, or the official code has no such model.
    """
    check_family(state_dict, None)
    family.check_model(model_cfg)
    given = family.shared(state_dict)
    _check_fit(family.shared(expected_shapes(model_cfg)), weight_shapes(given))
    if extras is None:
        extras = family.new_extras(given, model_cfg)
    return family.to_official(given, model_cfg, extras)


def describe(state_dict: Dict[str, Tensor],
             model_cfg: ConfigDict) -> Dict[str, Any]:
    """What to note in a checkpoint about its classes.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model.
        model_cfg (dict): Its config.

    Returns:
        dict: The classes (`class_record`), `dataset_meta` with their names
        and, if the weights have an HOI classifier of texts,
        `text_embedding_sha256` of it.
    """
    head = head_cfg(model_cfg)
    space = load_label_space(head.label_space)
    meta = space.metainfo()
    notes = {
        KEY:
        record_of(space, head.get('zero_shot_split')),
        'dataset_meta':
        dict(
            classes=list(space.objects),
            verb_classes=list(space.verbs),
            hoi_classes=list(space.hois),
            hoi_to_verb=meta['hoi_to_verb'],
            hoi_to_object=meta['hoi_to_object'])
    }
    if WEIGHT in state_dict:
        texts = state_dict.get(EVAL_WEIGHT, state_dict[WEIGHT])
        notes['text_embedding_sha256'] = hashlib.sha256(
            texts.float().contiguous().numpy().tobytes()).hexdigest()
    return notes


def _check_fit(expected: Shapes, given: Shapes, partly: bool = False) -> None:
    report = describe_mismatch(expected, given, partly)
    if report is not None:
        raise CheckpointMismatchError(
            f'the weights do not fit the config: {report}. Choose the config '
            'of this model (its depth, widths, number of layers and queries) '
            'with --config')
