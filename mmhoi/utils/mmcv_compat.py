# Copyright (c) mmhoi contributors.
"""A stand-in for mmcv's compiled operators, used only where they are absent.

mmhoi needs none of mmcv's compiled operators, but `import mmdet.models` loads
the extension module `mmcv._ext` at import time and dies without it.
"""
import importlib.util
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Callable


class _MissingOps(ModuleType):
    """`mmcv._ext` without its operators: each one raises when called."""

    def __getattr__(self, name: str) -> Callable:
        if name.startswith('__'):
            raise AttributeError(name)

        def missing_op(*args, **kwargs):
            raise RuntimeError(
                f'mmcv op "{name}" is not compiled; install mmcv with ops to '
                'use it. No model of mmhoi needs it.')

        return missing_op


def install_mmcv_ext_stand_in() -> bool:
    """Register a stand-in for `mmcv._ext` when the extension is absent.

    A real extension is always preferred. The stand-in lets mmdet register
    all its models; a model that calls a compiled operator then fails with a
    RuntimeError that names the operator.

    Returns:
        bool: True if the stand-in is in place, False if mmcv has its own
        extension.
    """
    name = 'mmcv._ext'
    if name not in sys.modules:
        mmcv = importlib.util.find_spec('mmcv')
        # Looked up on disk, not imported: importing mmcv would load torch.
        if mmcv is None or PathFinder.find_spec(
                name, mmcv.submodule_search_locations) is not None:
            return False
        module = _MissingOps(
            name, 'Stand-in for the absent compiled mmcv operators.')
        # mmengine asks importlib for the spec of what lies in sys.modules.
        module.__spec__ = ModuleSpec(name, loader=None)
        sys.modules[name] = module
    return isinstance(sys.modules[name], _MissingOps)
