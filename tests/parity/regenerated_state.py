# Copyright (c) mmhoi contributors.
"""Official weights of files that hold a recipe instead of them."""
import math
import re
from typing import Any, Dict, Optional, Tuple

import open_clip
import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from mmhoi.label_spaces import (LABEL_SPACES, LabelSpace, load_label_space,
                                official_vcoco_table, seen_hois)
from .golden_file import CLIP_PREFIX, recipe_state_dict
from .report import Report
from .text_checks import encode_prompts

LOGIT_SCALE = math.log(1 / 0.07)
VERBS = 'verb_projection.weight'
#: The official program's argument `zero_shot_type` and our splits.
SPLITS = dict(
    rare_first='rf_uc',
    non_rare_first='nf_uc',
    unseen_object='uo',
    unseen_verb='uv')
SUMS = 1e-5
#: Of HOICLIP at full size.
SEED = 11


def regenerated_state(
        report: Report,
        content: Dict[str, Any],
        verb_embeddings: Optional[Tensor] = None) -> Dict[str, Tensor]:
    """Make the weights of an official model anew.

    Args:
        report (Report): Takes the comparison with the stored sums and norms.
        content (dict): A golden file of the kind `full_model`.
        verb_embeddings (Tensor, optional): What the official model was built
            with (`verb.pth`), if the file does not hold it. Defaults to None.

    Returns:
        dict[str, Tensor]: Weights with official names, in official order.

    Raises:
        ValueError: If the file neither holds nor describes a weight.
    """
    shapes = _shapes(content['state_dict_names_shapes'])
    stored = dict(content.get('state_dict_overrides', {}))
    if verb_embeddings is not None:
        stored.setdefault(VERBS, verb_embeddings)
    state = recipe_state_dict(shapes, recipe_seed(content), stored)
    derived = _derived(shapes, {**state, **stored}, content)
    state.update({k: v for k, v in derived.items() if k not in state})
    missing = sorted(set(shapes) - set(state))
    if missing:
        raise ValueError(
            f'the golden file neither holds nor describes {missing}; '
            f'{VERBS} is the official verb.pth, see --verb-embeddings')
    _check_sums(report, state, content)
    return {name: state[name].float() for name in shapes}


def recipe_seed(content: Dict[str, Any]) -> int:
    """Seed of the rule of `recipe_weight`.

    Args:
        content (dict): A golden file.

    Returns:
        int: From `recipe_seed` or `recipe`, a number, a dict or a text; of
        neither, the one of the full-size file.

    Examples:
        >>> recipe_seed(dict(recipe=dict(clip_seed=0, seed=11)))
        11
        >>> recipe_seed(dict(recipe='recipe.py with seed 11'))
        11
    """
    recipe = content.get('recipe_seed', content.get('recipe'))
    if isinstance(recipe, dict):
        recipe = recipe.get('seed', recipe.get('recipe_seed'))
    if isinstance(recipe, str):
        found = re.search(r'seed\D{0,3}(\d+)', recipe)
        recipe = found and found[1]
    # The sums of the weights tell if it is another one.
    return SEED if recipe is None else int(recipe)


def _shapes(entries: Any) -> Dict[str, Tuple[int, ...]]:
    """Shapes by name, from a dict or from a list of entries."""
    if isinstance(entries, dict):
        pairs = entries.items()
    elif isinstance(entries[0], dict):
        pairs = [(entry['name'], entry['shape']) for entry in entries]
    else:
        pairs = [entry[:2] for entry in entries]
    return {name: tuple(map(int, shape)) for name, shape in pairs}


def _derived(shapes: Dict[str, Tuple[int, ...]], state: Dict[str, Tensor],
             content: Dict[str, Any]) -> Dict[str, Tensor]:
    """What follows from the classes and from CLIP's text tower."""
    scales = {
        name: torch.tensor(LOGIT_SCALE)
        for name in shapes if name.endswith('logit_scale')
    }
    num_hois = _rows(shapes, 'eval_visual_projection.weight') or \
        _rows(shapes, 'visual_projection.weight')
    space = next(
        space for space in map(load_label_space, LABEL_SPACES)
        if len(space.hois) == num_hois)
    kind = content['args'].get('zero_shot_type', 'default')
    split = None if kind == 'default' else SPLITS.get(kind, kind)
    seen = torch.from_numpy(seen_hois(split, num_hois))
    table = torch.from_numpy(space.verb_to_hoi()).float()
    derived = {
        **scales, 'verb2hoi_proj': table[:, seen],
        'verb2hoi_proj_eval': table,
        **_texts({
            **scales,
            **state
        }, content, space, seen)
    }
    if num_hois == len(load_label_space('vcoco').hois):
        derived['verb2hoi_proj'] = torch.from_numpy(official_vcoco_table())
    return {name: derived[name] for name in shapes if name in derived}


def _rows(shapes: Dict[str, Tuple[int, ...]], name: str) -> int:
    return shapes[name][0] if name in shapes else 0


def _texts(state: Dict[str, Tensor], content: Dict[str, Any],
           space: LabelSpace, seen: Tensor) -> Dict[str, Tensor]:
    """Classifiers of text embeddings, by the text tower of the state."""
    clip = {
        name: value
        for name, value in state.items() if name.startswith(CLIP_PREFIX)
    }
    parts = []
    prompts = [*space.hoi_prompts, *space.object_prompts]
    for start in tqdm(
            range(0, len(prompts), 100), desc='prompts', leave=False):
        tokens = open_clip.tokenize(prompts[start:start + 100])
        parts.append(encode_prompts(content['clip_cfg'], clip, tokens))
    hois, objects = F.normalize(
        torch.cat(parts),
        dim=-1).split([len(space.hois),
                       len(space.object_prompts)])
    return {
        'visual_projection.weight': hois[seen],
        'eval_visual_projection.weight': hois,
        'obj_visual_projection.weight': objects
    }


def _check_sums(report: Report, state: Dict[str, Tensor],
                content: Dict[str, Any]) -> None:
    """Whether the weights are those that the official code ran with."""
    for name, (total, norm) in content.get('state_dict_sum_and_l2norm',
                                           {}).items():
        value = state[name].double()
        # A sum may cancel; its rounding grows with the norm.
        scale = max(float(norm), 1e-12) * max(value.numel(), 1)**0.5
        report.near('regenerated weights: sums / scale',
                    value.sum().item() / scale,
                    float(total) / scale, SUMS)
        report.near(
            'regenerated weights: norms',
            value.norm(),
            float(norm),
            SUMS,
            relative=True)
