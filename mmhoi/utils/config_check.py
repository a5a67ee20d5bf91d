# Copyright (c) mmhoi contributors.
"""Keys of a config are checked before anything is built or read."""
import inspect
import re
from functools import lru_cache
from typing import (Any, Callable, Dict, FrozenSet, Iterator, List, Optional,
                    Sequence, Set, Tuple)

import torch
from mmengine import registry
from mmengine.config import Config

from .config_variables import runner_entries
from .kinds import shown
from .known_keys import check_keys, nearest
from .setup_error import SetupError

#: Keys that builders take away before a part sees the rest.
_OF_BUILDERS = frozenset({
    'type', '_scope_', 'priority', 'convert_to_iter_based', 'constructor',
    'paramwise_cfg', 'loss_scale', 'requires_grad', 'fallback_on_stride',
    'name', 'bg_cls_weight'
})

#: Whose builders take away more; they raise by themselves at the rest.
_POPPING = ('mmdet.models.', 'mmcv.cnn.', 'mmcv.ops.')


def check_config(cfg: Config) -> None:
    """Refuse keys of a config that no part would read.

    Every dict with a `type` is compared with the arguments of that class, and
    the dicts that mmengine's runner reads by itself with what it reads.

    Args:
        cfg (Config): A config of a run. All modules are registered.

    Raises:
        SetupError: If nothing reads a key, or a type is not registered.
    """
    for entry in sorted(runner_entries().intersection(cfg)):
        for path, part in _dicts(cfg[entry], entry):
            known = None
            if 'type' in part:
                known = _read_by_type(part['type'], path)
            if known is None:
                known = _read_by_runner(path)
            if known is not None:
                check_keys({*part} - _OF_BUILDERS, known, f'`{path}`')
    hooks = cfg.get('default_hooks') or {}
    for name, hook in hooks.items():
        if hook is not None and 'type' not in hook:
            raise SetupError(
                f'`default_hooks.{name}` has no `type`: there is no hook of '
                f'this name to change{nearest(name, set(hooks) - {name})}')


def _dicts(node: Any, path: str) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """Every dict below a node, with its dotted key."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from _dicts(value, f'{path}.{key}')
    elif isinstance(node, (list, tuple)):
        for index, value in enumerate(node):
            yield from _dicts(value, f'{path}.{index}')


def _read_by_type(kind: Any, path: str) -> Optional[FrozenSet[str]]:
    """Keys that a registered class or function takes; None for any."""
    if not isinstance(kind, str):
        if not callable(kind):
            raise SetupError(f'`{path}.type` is {shown(kind)}, not the name '
                             'of a part')
        parts = [kind]
    else:
        scope, _, name = kind.rpartition('.')
        parts = [
            node.module_dict[name] for node in _registries()
            if name in node.module_dict and scope in ('', node.scope)
        ]
        if not parts and not scope:
            _refuse_misspelt(kind, path)
            return None
    if any(
            getattr(part, '__module__', '').startswith(_POPPING)
            for part in parts):
        return None
    return _union([_arguments(part) for part in parts])


def _refuse_misspelt(kind: str, path: str) -> None:
    """Refuse a type that is almost a registered one.

    What is unknown and like no other may be no part at all, as `type='nms'`.
    """
    names = {name for node in _registries() for name in node.module_dict}
    hint = nearest(kind, names, cutoff=0.85)
    if hint:
        raise SetupError(f'unknown type "{kind}" of `{path}`{hint}')


def _registries() -> List[registry.Registry]:
    roots = [
        node for node in vars(registry).values()
        if isinstance(node, registry.Registry)
    ]
    return roots + [child for r in roots for child in r.children.values()]


def _read_by_runner(path: str) -> Optional[FrozenSet[str]]:
    """Keys that mmengine reads from a dict whose type it knows by itself."""
    from mmengine.runner import (EpochBasedTrainLoop, IterBasedTrainLoop,
                                 LogProcessor, Runner, TestLoop, ValLoop)
    from torch.nn.utils import clip_grad_norm_, clip_grad_value_
    from torch.utils.data import DataLoader
    loader = ([DataLoader], ['dataset', 'num_batch_per_epoch'])
    readers: Dict[str, Tuple[Sequence[Callable], Sequence[str]]] = {
        'train_dataloader':
        loader,
        'val_dataloader':
        loader,
        'test_dataloader':
        loader,
        'train_cfg': ([EpochBasedTrainLoop, IterBasedTrainLoop], ['by_epoch']),
        'val_cfg': ([ValLoop], []),
        'test_cfg': ([TestLoop], []),
        'log_processor': ([LogProcessor], []),
        'randomness': ([Runner.set_randomness], []),
        'env_cfg':
        ([], ['cudnn_benchmark', 'mp_cfg', 'dist_cfg', 'resource_limit']),
        'env_cfg.mp_cfg': ([], ['mp_start_method', 'opencv_num_threads']),
        'auto_scale_lr': ([], ['enable', 'base_batch_size']),
        'optim_wrapper.clip_grad': ([clip_grad_norm_, clip_grad_value_], []),
        'optim_wrapper.paramwise_cfg':
        ([], ('custom_keys', 'bias_lr_mult', 'bias_decay_mult',
              'norm_decay_mult', 'dwconv_decay_mult', 'dcn_offset_lr_mult',
              'bypass_duplicate', 'flat_decay_mult')),
    }
    if path not in readers:
        return None
    functions, more = readers[path]
    return frozenset(more).union(*(_arguments(f) or () for f in functions))


def _union(
        parts: Sequence[Optional[FrozenSet[str]]]) -> Optional[FrozenSet[str]]:
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    return frozenset().union(*known)


@lru_cache(maxsize=None)
def _arguments(part: Callable) -> Optional[FrozenSet[str]]:
    """Names of arguments, of today and before; None for any."""
    functions = [
        vars(cls)['__init__'] for cls in part.__mro__
        if '__init__' in vars(cls)
    ] if inspect.isclass(part) else [part]
    names: Set[str] = set(getattr(part, 'OLD_KEYS', ()))
    for function in functions:
        try:
            parameters = inspect.signature(function).parameters.values()
        except ValueError:
            return None
        names.update(
            p.name for p in parameters
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL))
        if not any(p.kind == p.VAR_KEYWORD for p in parameters):
            return frozenset(names - {'self'})
        if function is torch.nn.Module.__init__:
            # It takes further arguments only to refuse them.
            return frozenset(names - {'self'})
        if not _hands_on(function):
            return None
    return None


def _hands_on(function: Callable) -> bool:
    """Whether a constructor gives its further arguments to its base class."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return False
    return bool(re.search(r'super\([^)]*\)\.__init__\([^)]*\*\*', source))
