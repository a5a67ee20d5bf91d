# Copyright (c) mmhoi contributors.
from datetime import datetime


def use_scope(name: str) -> None:
    """Make a registry scope the default, in which configs need no prefix.

    Registries import the modules of their scope when a class is first asked
    for, so this is all that inference needs.

    Args:
        name (str): Such as `mmhoi` or `mmdet`.
    """
    from mmengine.registry import DefaultScope
    current = DefaultScope.get_current_instance()
    if current is None or current.scope_name != name:
        # The last scope created is the default; its name must be a new one.
        DefaultScope.get_instance(f'{name}-{datetime.now()}', scope_name=name)
