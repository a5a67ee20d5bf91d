# Copyright (c) mmhoi contributors.
"""Configs in checkpoints, which are read as data."""
import ast
import re
from typing import Any

from mmengine.config import ConfigDict
from mmengine.registry import FUNCTIONS

from .class_record import use_carried_classes
from .errors import CheckpointError
from .old_configs import current_model_cfg

_SCOPES = ('mmhoi', 'mmdet', 'mmengine', 'mmcv')
#: What a class is registered by. Registries take any other string for the
#: path of a function, `os.system`, which they call.
_CLASS = re.compile(rf'(({"|".join(_SCOPES)})\.)?[A-Z]\w*')


def read_config(text: str) -> ConfigDict:
    """Read a config's text without running it.

    A config is a Python program, and a checkpoint's one may be anybody's.
    What mmengine writes into checkpoints has only literals and `dict(...)`.

    Args:
        text (str): Text of a config.

    Returns:
        ConfigDict: The config; its `model` is one of today, also if the text
        is of an earlier version.

    Raises:
        CheckpointError: If it is more than data, or asks for something to be
            built that is no registered class.

    Examples:
        >>> read_config("lr = 0.1\\nmodel = dict(depth=50, sizes=[1])")
        {'lr': 0.1, 'model': {'depth': 50, 'sizes': [1]}}
    """
    config = {}
    try:
        for statement in ast.parse(text).body:
            if not isinstance(statement, ast.Assign):
                raise ValueError(f'line {statement.lineno} sets nothing')
            value = _value(statement.value)
            _check_types(value)
            for target in statement.targets:
                if not isinstance(target, ast.Name):
                    raise ValueError(f'line {statement.lineno} sets no name')
                config[target.id] = value
    except (RecursionError, SyntaxError, TypeError, ValueError) as error:
        raise CheckpointError(
            f'the config in the checkpoint cannot be read as data ({error}); '
            'give the config file of the model as well') from error
    config = ConfigDict(config)
    if isinstance(config.get('model'), dict):
        config.model = current_model_cfg(config.model)
    return config


def config_of_checkpoint(checkpoint: dict) -> ConfigDict:
    """The config of the run that has written a checkpoint.

    Classes of own data are in it, not the path of the file that they were
    read from.

    Args:
        checkpoint (dict): As of `read_checkpoint`.

    Returns:
        ConfigDict: Its config.

    Raises:
        CheckpointError: If it has none, one without `model`, or one that is
            more than data.
    """
    text = checkpoint['meta'].get('cfg')
    if not isinstance(text, str):
        raise CheckpointError('the checkpoint holds no config; give the '
                              'config file of the model as well')
    config = read_config(text)
    if 'model' not in config:
        raise CheckpointError(
            'the config in the checkpoint has no `model`; give the config '
            'file of the model as well')
    use_carried_classes(config, checkpoint, only_missing=False)
    return config


def _check_types(value: Any) -> None:
    """Refuse what a registry would look for in any Python module."""
    if isinstance(value, dict):
        name, scope = value.get('type'), value.get('_scope_')
        if isinstance(name, str) and not _CLASS.fullmatch(
                name) and name not in FUNCTIONS.module_dict:
            raise ValueError(f'type="{name}" is no name of a class')
        if scope is not None and scope not in _SCOPES:
            raise ValueError(f'_scope_="{scope}" is not one of '
                             f'{", ".join(_SCOPES)}')
        for key, part in value.items():
            # Names of parts of parts, such as `resize_type`.
            if str(key).endswith('_type') and isinstance(
                    part, str) and '.' in part and not _CLASS.fullmatch(part):
                raise ValueError(f'{key}="{part}" is no name of a class')
            _check_types(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _check_types(part)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        names = [keyword.arg for keyword in node.keywords]
        if getattr(node.func, 'id', None) != 'dict' or len(
                node.args) > 1 or None in names:
            raise ValueError(f'line {node.lineno} calls something')
        # Keys that are no names are in a dict of their own: dict({'a.b': 1}).
        value = dict(_value(node.args[0])) if node.args else {}
        value.update(
            (keyword.arg, _value(keyword.value)) for keyword in node.keywords)
        return value
    if isinstance(node, ast.Dict) and None not in node.keys:
        return {
            ast.literal_eval(key): _value(value)
            for key, value in zip(node.keys, node.values)
        }
    if isinstance(node, (ast.List, ast.Tuple)):
        values = [_value(item) for item in node.elts]
        return values if isinstance(node, ast.List) else tuple(values)
    return ast.literal_eval(node)
