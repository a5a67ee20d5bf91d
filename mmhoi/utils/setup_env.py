# Copyright (c) mmhoi contributors.
from datetime import datetime

from .import_speed import collector_paused
from .version_check import check_versions


def register_all_modules(init_default_scope: bool = True) -> None:
    """Import every module of mmhoi (and of mmdet) that registers something.

    Args:
        init_default_scope (bool): Whether to make `mmhoi` the default
            registry scope, in which configs name mmhoi's classes without a
            prefix and mmdet's as `mmdet.X`. Defaults to True.

    Raises:
        ImportError: If a package that mmhoi builds on is absent or too old.
    """
    check_versions()
    with collector_paused():
        from mmdet.utils import register_all_modules as register_mmdet_modules

        import mmhoi.checkpoints  # noqa: F401
        import mmhoi.datasets  # noqa: F401
        import mmhoi.engine  # noqa: F401
        import mmhoi.evaluation.metrics  # noqa: F401
        import mmhoi.models  # noqa: F401
        import mmhoi.visualization  # noqa: F401

        register_mmdet_modules(init_default_scope=False)
    if init_default_scope:
        use_scope('mmhoi')


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
