# Copyright (c) mmhoi contributors.
"""What a test may not leave behind in the process that runs the others."""
import multiprocessing
import os
import resource
import signal
import sys
from typing import Any, Callable, Dict, NamedTuple, Optional

import cv2
import torch
from mmengine.registry import DefaultScope


class Part(NamedTuple):
    """A state of the process.

    Attributes:
        read (Callable): Gives it, in a form that `==` compares.
        restore (Callable, optional): Makes it again what was read.
        library (bool): Whether tools and libraries change it by themselves,
            so that it is put back without a word.
    """
    read: Callable[[], Any]
    restore: Optional[Callable[[Any], None]] = None
    library: bool = False


def _handlers() -> Dict[int, Any]:
    return {
        number: signal.getsignal(number)
        # PyTorch's loaders install one that tells of their processes' end.
        for number in signal.valid_signals() - {signal.SIGCHLD}
    }


def _restore_handlers(before: Dict[int, Any]) -> None:
    for number, handler in before.items():
        # None: a handler that Python did not install, nor can.
        if handler is not None and signal.getsignal(number) != handler:
            signal.signal(number, handler)


def _environment() -> Dict[str, str]:
    # pytest tells there where it is.
    return {
        name: value
        for name, value in os.environ.items() if name != 'PYTEST_CURRENT_TEST'
    }


def _restore_environment(before: Dict[str, str]) -> None:
    for name in _environment().keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return 'a folder that is gone'


def _restore_scopes(before: Dict[str, Any]) -> None:
    DefaultScope._instance_dict.clear()
    DefaultScope._instance_dict.update(before)


PARTS = {
    'signal handlers':
    Part(_handlers, _restore_handlers),
    'environment variables':
    Part(_environment, _restore_environment, library=True),
    'working directory':
    Part(_folder, os.chdir),
    # Importing setuptools adds a folder of its own.
    'sys.path':
    Part(
        lambda: list(sys.path),
        lambda before: sys.path.__setitem__(slice(None), before),
        library=True),
    'sys.argv':
    Part(
        lambda: list(sys.argv),
        lambda before: setattr(sys, 'argv', before),
        library=True),
    'sys.excepthook':
    Part(
        lambda: sys.excepthook,
        lambda before: setattr(sys, 'excepthook', before),
        library=True),
    'memory limit':
    Part(lambda: resource.getrlimit(resource.RLIMIT_AS),
         lambda before: resource.setrlimit(resource.RLIMIT_AS, before)),
    'default dtype':
    Part(torch.get_default_dtype, torch.set_default_dtype),
    'gradients':
    Part(torch.is_grad_enabled, torch.set_grad_enabled),
    'deterministic algorithms':
    Part(torch.are_deterministic_algorithms_enabled,
         torch.use_deterministic_algorithms),
    'threads of PyTorch':
    Part(torch.get_num_threads, torch.set_num_threads),
    'threads of OpenCV':
    Part(cv2.getNumThreads, cv2.setNumThreads, library=True),
    'start method':
    Part(
        lambda: multiprocessing.get_start_method(allow_none=True),
        lambda before: multiprocessing.set_start_method(before, force=True),
        library=True),
    'default scope':
    Part(
        lambda: dict(DefaultScope._instance_dict),
        _restore_scopes,
        library=True),
}


def read_parts() -> Dict[str, Any]:
    """The state of each of `PARTS`."""
    return {name: part.read() for name, part in PARTS.items()}


def restore_parts(before: Dict[str, Any]) -> Dict[str, str]:
    """Make everything what it was.

    Args:
        before (dict): Of `read_parts`.

    Returns:
        dict[str, str]: What a test has changed, and how.
    """
    changed = {}
    for name, part in PARTS.items():
        after = part.read()
        if after == before[name]:
            continue
        if not part.library:
            changed[name] = _difference(before[name], after)
        if part.restore is not None:
            part.restore(before[name])
    return changed


def _difference(before: Any, after: Any) -> str:
    """Both, without what they share."""
    if isinstance(before, dict):
        keys = [
            key for key in {
                **before,
                **after
            } if before.get(key) != after.get(key)
        ]
        before, after = ({
            k: state.get(k)
            for k in keys
        } for state in (before, after))
    elif isinstance(before, set):
        before, after = before - after, after - before
    return f'{before} is {after}'
