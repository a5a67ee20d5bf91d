# Copyright (c) mmhoi contributors.
"""Reading of golden files: inputs and outputs of official code."""
import gzip
import io
import pickle
import zlib
from pathlib import Path
from typing import Any, Dict, NoReturn, Sequence, Union

import torch
from torch import Tensor

from .recipe_weights import recipe_weight

#: What only a file of this kind holds.
KINDS = {
    'qpic_train': ('method', 'grad_norm_before_clip', 'loss_dict_per_step'),
    'qpic': ('method', 'args', 'correct_mat', 'inputs', 'state_dict',
             'outputs_eval', 'outputs_train', 'matcher', 'loss_dict'),
    'cdn_train': ('method', 'grad_norm_before_clip', 'loss_dict_per_step'),
    'cdn': ('method', 'args', 'correct_mat', 'inputs', 'state_dict',
            'outputs_eval', 'outputs_train', 'matcher', 'loss_dict'),
    'target_transforms': ('image_size_hw', 'target', 'hflip'),
    'evaluator_onestage': ('kind', 'gts', 'preds', 'vcoco', 'results'),
    'pvic': ('method', 'object_to_target', 'outputs_eval', 'inputs'),
    'upt': ('method', 'object_to_target', 'outputs_eval', 'inputs'),
    'train': ('grad_norm_before_clip', 'loss_dict_per_step'),
    'enhancement': ('cls_scores', 'hoi_scores_before'),
    'verbs': ('per_image_hoi_ids', 'official_verb_117x512'),
    'evaluator_vcoco': ('correct_mat', 'pred_labels', 'results'),
    'evaluator_hico': ('pred_boxes', 'pred_obj_scores_f16', 'results'),
    'model': ('args', 'clip_cfg', 'inputs', 'state_dict'),
    'full_model': ('state_dict_names_shapes', 'inputs')
}
CLIP_PREFIX = 'clip_model.'


class Fields(dict):
    """A part of a golden file, which tells where a missing field should be.

    Args:
        values (dict): The part; dicts in it, also in lists, are wrapped, too.
        place (str): Where it stands. Defaults to '': the whole file.

    Examples:
        >>> Fields(dict(args=dict(nheads=8)))['args']['alpha']
        Traceback (most recent call last):
        KeyError: 'the golden file has no field "args.alpha"'
    """

    def __init__(self, values: Dict[str, Any], place: str = '') -> None:
        self.place = place
        super().__init__({
            key: _fields(value, f'{place}{key}')
            for key, value in values.items()
        })

    def __missing__(self, key: str) -> NoReturn:
        raise KeyError(f'the golden file has no field "{self.place}{key}"')


def _fields(value: Any, place: str) -> Any:
    if isinstance(value, dict):
        return Fields(value, f'{place}.')
    if isinstance(value, (list, tuple)):
        return type(value)(_fields(part, f'{place}[{i}]')
                           for i, part in enumerate(value))
    return value


def read_golden(path: Union[str, Path]) -> Fields:
    """Read a golden file; no code in it is run.

    Args:
        path (str | Path): The file, .pt or .pt.gz. What it leaves out is
            completed: weights of `recipe_weight` (`state_dict_recipe` has
            their shapes) and the inputs, if `inputs` is the name of a file
            beside it that has the same.

    Returns:
        Fields: Its content, with dense state dicts in official order.

    Raises:
        FileNotFoundError: If it does not exist.
        ValueError: If it cannot be read, or is no golden file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'no such golden file: {path}')
    try:
        data = path.read_bytes()
        if path.suffix == '.gz':
            data = gzip.decompress(data)
        content = torch.load(
            io.BytesIO(data), map_location='cpu', weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError,
            ValueError, KeyError, zlib.error) as error:
        raise ValueError(
            f'{path} is damaged, or holds more than plain data and tensors; '
            'fetch it again') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path} holds a {type(content).__name__}; a golden '
                         'file holds a dict')
    for part in (content, content.get('clip_state_dict')):
        if isinstance(part, dict):
            _fill_recipe(part, content.get('recipe_seed', 0))
            _join_sparse(part)
    if isinstance(content.get('inputs'), str):
        content['inputs'] = read_golden(path.parent /
                                        content['inputs'])['inputs']
    return Fields(content)


def golden_kind(content: Dict[str, Any]) -> str:
    """What a golden file holds.

    Args:
        content (dict): What `read_golden` returns.

    Returns:
        str: A key of `KINDS`.

    Raises:
        ValueError: If it is of no known layout.

    Examples:
        >>> golden_kind(dict(cls_scores=0, hoi_scores_before=0))
        'enhancement'
    """
    method = content.get('method')
    # A method's file of training is named after it.
    kinds = {
        kind: keys
        for kind, keys in KINDS.items()
        if method is None or kind in (method, f'{method}_train')
    }
    missing = {
        kind: [key for key in keys if key not in content]
        for kind, keys in kinds.items()
    }
    for kind, keys in missing.items():
        if not keys:
            return kind
    if method is not None and not kinds:
        raise ValueError(f'method={method!r} of the golden file is unknown; '
                         'known are qpic, cdn, upt, pvic')
    if method is not None:
        lacks = '; '.join(f'one of the kind {kind} lacks {", ".join(keys)}'
                          for kind, keys in missing.items())
        raise ValueError(f'the golden file of {method} lacks fields: {lacks}')
    raise ValueError(
        f'no golden file of a known layout: it has the keys '
        f'{list(content)[:8]}; known are '
        f'{"; ".join(f"{kind}: {keys}" for kind, keys in KINDS.items())}')


def recipe_state_dict(shapes: Dict[str, Sequence[int]],
                      seed: int,
                      overrides: Dict[str, Tensor],
                      sparse_backbone: bool = False) -> Dict[str, Tensor]:
    """Fill a state dict by the rule of `recipe_weight`.

    Args:
        shapes (dict[str, Sequence[int]]): Shapes by official name.
        seed (int): Seed of the model; its CLIP has the seed 0.
        overrides (dict[str, Tensor]): Values that the file holds.
        sparse_backbone (bool): As in `recipe_weight`. Defaults to False.

    Returns:
        dict[str, Tensor]: What the rule and the overrides give, in order.
    """
    state = {}
    for name, shape in shapes.items():
        value = overrides.get(name)
        if value is None:
            part_seed = 0 if name.startswith(CLIP_PREFIX) else seed
            value = recipe_weight(part_seed, name, tuple(shape),
                                  sparse_backbone)
        if value is not None:
            state[name] = torch.as_tensor(value)
    return state


def _fill_recipe(content: Dict[str, Any], seed: int) -> None:
    """Add the weights that follow from their name, in official order."""
    for key in [key for key in content if key.endswith('_recipe')]:
        name = key[:-len('_recipe')]
        shapes = content.pop(key)
        # The rule knows CLIP's parameters by their names in a model.
        prefix = CLIP_PREFIX if name == 'clip_state_dict' else ''
        stored = {prefix + k: v for k, v in content[name].items()}
        shapes = {prefix + k: shape for k, shape in shapes.items()}
        state = recipe_state_dict(shapes, seed, stored, sparse_backbone=True)
        content[name] = {k[len(prefix):]: v for k, v in state.items()}


def _join_sparse(content: Dict[str, Any]) -> None:
    """Put sparse entries of any `*state_dict` among the dense ones."""
    for key in [key for key in content if key.endswith('_sparse')]:
        name = key[:-len('_sparse')]
        state = {**content[name]}
        for entry, parts in content.pop(key).items():
            size = torch.Size(parts['shape'])
            state[entry] = torch.zeros(size.numel()).scatter(
                0, parts['index'].long(), parts['value']).view(size)
        order = content.pop(f'{name}_order', list(state))
        content[name] = {entry: state[entry] for entry in order}
