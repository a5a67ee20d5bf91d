# Copyright (c) mmhoi contributors.
"""Configs in checkpoints, which are read as data."""
import ast
from typing import Any

from mmengine.config import ConfigDict


def read_model_config(text: str) -> ConfigDict:
    """Read the entry `model` of a config's text without running it.

    A config is a Python program, and a checkpoint's one may be anybody's.
    What mmengine writes into checkpoints has only literals and `dict(...)`.

    Args:
        text (str): The entry `cfg` of a checkpoint's `meta`.

    Returns:
        ConfigDict: The config of the model.

    Raises:
        ValueError: If there is no model, or it is more than data.

    Examples:
        >>> read_model_config("lr = 0.1\\nmodel = dict(depth=50, sizes=[1])")
        {'depth': 50, 'sizes': [1]}
    """
    try:
        for statement in ast.parse(text).body:
            if isinstance(statement, ast.Assign) and any(
                    getattr(target, 'id', None) == 'model'
                    for target in statement.targets):
                return ConfigDict(_value(statement.value))
    except (SyntaxError, TypeError, ValueError) as error:
        raise ValueError(
            f'the config in the checkpoint cannot be read as data ({error}); '
            'name the one of the model with --config') from error
    raise ValueError('the config in the checkpoint has no `model`; name the '
                     'one of the model with --config')


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        names = [keyword.arg for keyword in node.keywords]
        if getattr(node.func, 'id', None) != 'dict' or node.args \
                or None in names:
            raise ValueError(f'line {node.lineno} calls something')
        return {
            keyword.arg: _value(keyword.value)
            for keyword in node.keywords
        }
    if isinstance(node, ast.Dict) and None not in node.keys:
        return {
            ast.literal_eval(key): _value(value)
            for key, value in zip(node.keys, node.values)
        }
    if isinstance(node, (ast.List, ast.Tuple)):
        values = [_value(item) for item in node.elts]
        return values if isinstance(node, ast.List) else tuple(values)
    return ast.literal_eval(node)
