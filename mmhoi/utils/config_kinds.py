# Copyright (c) mmhoi contributors.
"""Of which type the entries of a config are that every run reads."""
from pathlib import Path
from typing import Union

from mmengine.config import Config

from .kinds import LISTS, NUMBERS, wrong_kind
from .setup_error import SetupError

_PARTS = ('train', 'val', 'test')
_KINDS = {
    'model': dict,
    **{f'{part}_{key}': dict
       for part in _PARTS for key in ('dataloader', 'cfg')},
    **{
        f'{part}_dataloader.dataset{key}': kind
        for part in _PARTS for key, kind in (
            ('', dict), ('.data_root', str), ('.ann_file', str),
            ('.data_prefix', dict), ('.data_prefix.*', str),
            ('.pipeline', LISTS), ('.pipeline.*', dict))
    },
    **{f'{part}_evaluator': (dict, *LISTS)
       for part in ('val', 'test')},
    **{f'{part}_evaluator.*.metrics': LISTS
       for part in ('val', 'test')},
    **{
        key: dict
        for key in ('default_hooks', 'default_hooks.*', 'optim_wrapper',
                    'optim_wrapper.optimizer', 'optim_wrapper.paramwise_cfg',
                    'optim_wrapper.clip_grad', 'visualizer', 'env_cfg',
                    'log_processor', 'randomness', 'auto_scale_lr',
                    'custom_imports', 'strategy')
    },
    **{
        f'train_cfg.{key}': int
        for key in ('max_epochs', 'max_iters', 'val_begin', 'val_interval')
    },
    **{f'optim_wrapper.optimizer.{key}': NUMBERS
       for key in ('lr', 'weight_decay')},
    'optim_wrapper.accumulative_counts': int,
    'default_hooks.checkpoint.interval': int,
    'default_hooks.checkpoint.out_dir': str,
    'custom_hooks': LISTS,
    'custom_hooks.*': dict,
    'param_scheduler': (dict, *LISTS),
    'resume': bool,
    'log_level': (str, int),
    **{
        key: str
        for key in ('work_dir', 'load_from', 'experiment_name',
                    'default_scope', 'launcher', 'runner_type')
    },
}  # yapf: disable


def check_config_kinds(cfg: Config, path: Union[str, Path]) -> None:
    """Refuse a config with an entry of another type than it must have.

    So what reads the config need not ask.

    Args:
        cfg (Config): The config.
        path (str | Path): Its file, for the message.

    Raises:
        SetupError: If an entry is of a wrong type.

    Examples:
        >>> check_config_kinds(Config(dict(model=3)), 'a.py')
        Traceback (most recent call last):
        mmhoi.utils.setup_error.SetupError: config file "a.py": `model` is 3, \
not a dict; correct it
    """
    problem = wrong_kind(dict(cfg.items()), _KINDS)
    if problem is not None:
        raise SetupError(f'config file "{path}": {problem}; correct it')
