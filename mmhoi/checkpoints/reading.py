# Copyright (c) mmhoi contributors.
"""The one door for checkpoints: files are read as data, nothing in them runs.

Trusted are the user's own config files and command line, which are programs.
A checkpoint may be anybody's.
"""
import argparse
import json
import os
import pickle
import re
import threading
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from mmengine.optim.scheduler.param_scheduler import OneCycleParamScheduler
from mmengine.runner.checkpoint import CheckpointLoader
from safetensors import safe_open

from mmhoi.utils.memory_limit import allowed_bytes
from mmhoi.utils.plain_tensors import is_plain
from .entries import EXTRAS, check_entries
from .errors import CheckpointError
from .old_names import current_names, has_old_names
from .packaged import PREFIX, packaged_path

#: Where programs put the weights in their files.
STATE_KEYS = ('state_dict', 'model', 'model_state_dict')
#: Functions that files name as attributes of classes.
_ATTRIBUTES = {
    HistoryBuffer: ('min', 'max', 'current', 'mean'),
    OneCycleParamScheduler: ('_annealing_cos', '_annealing_linear')
}

_LOCK = threading.RLock()
MapLocation = Optional[Union[str, torch.device, Callable]]


def read_checkpoint(path: Union[str, Path],
                    map_location: MapLocation = 'cpu',
                    mapped: bool = False) -> Dict[str, Any]:
    """Read a checkpoint without running code that may be in it.

    Beside tensors and plain containers a file may hold the arguments of an
    official program (`argparse.Namespace`), and what mmengine needs to resume
    a run. Weights with names of earlier versions get those of today.

    Args:
        path (str | Path): A file of type .safetensors or any that torch.save
            has written; a file of the package (`mmhoi://...`); or an address
            that mmengine can load (`https://...`, `torchvision://...`).
        map_location (str | device | Callable, optional): As of `torch.load`.
            Defaults to the CPU.
        mapped (bool): Whether tensors stay in the file until they are used,
            which must not change until then. Defaults to False.

    Returns:
        dict: `state_dict` (dict[str, Tensor]), `meta` (dict) and all other
        entries of the file. If the weights had old names, `meta` has the
        entry `old_names`.

    Raises:
        FileNotFoundError: If the file does not exist.
        CheckpointError: If it cannot be read, holds code, or no state dict.
    """
    if str(path).startswith(PREFIX):
        path = packaged_path(str(path))
    elif '://' in str(path):
        # By a loader of `loaders.py`, which ends in `tidy`, too.
        return CheckpointLoader.load_checkpoint(str(path), map_location, None)
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f'checkpoint "{path}" does not exist')
    if path.suffix == '.safetensors':
        return tidy(_read_safetensors(path, map_location), path)
    try:
        _check_size(path)
        with reading_data(path):
            content = torch.load(
                path,
                map_location=map_location,
                mmap=mapped and zipfile.is_zipfile(path),
                weights_only=True)
    except (CheckpointError, PermissionError):
        raise
    except Exception as error:  # Of damaged bytes an unpickler raises any.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CheckpointError(
            f'{path} is damaged, probably truncated ({reason}); fetch it '
            'again') from error
    return tidy(content, path)


@contextmanager
def reading_data(source: Union[str, Path]) -> Iterator[None]:
    """Let `torch.load` read nothing but data inside of the `with` statement.

    Args:
        source (str | Path): What is read, for the message.

    Raises:
        CheckpointError: If there is more than data.
    """
    # The variable and the list of classes belong to all threads.
    _LOCK.acquire()
    before = os.environ.get('TORCH_FORCE_WEIGHTS_ONLY_LOAD')
    os.environ['TORCH_FORCE_WEIGHTS_ONLY_LOAD'] = '1'
    try:
        with torch.serialization.safe_globals(_harmless()):
            yield
    except pickle.UnpicklingError as error:
        found = re.search(r'GLOBAL (\w+\.[\w.]*\w|\w+)', str(error))
        what = 'it is damaged, or a pickle that torch.save has not written,'
        if found:
            what = f'it holds more than weights, namely {found[1]},'
        raise CheckpointError(
            f'{source} is refused: {what} which could run code while it is '
            'read. Take the file from its authors, or save its state dict '
            'alone where you trust it') from error
    finally:
        if before is None:
            del os.environ['TORCH_FORCE_WEIGHTS_ONLY_LOAD']
        else:
            os.environ['TORCH_FORCE_WEIGHTS_ONLY_LOAD'] = before
        _LOCK.release()


def tidy(content: Any, source: Union[str, Path]) -> Dict[str, Any]:
    """Bring what a file holds into the layout of our own checkpoints.

    Every state dict from outside comes through here.

    Args:
        content (Any): What was read.
        source (str | Path): Where from, for the message.

    Returns:
        dict: As of `read_checkpoint`.

    Raises:
        CheckpointError: If there is no state dict.
    """
    rest = dict(content) if isinstance(content, dict) else {}
    key = next((key for key in STATE_KEYS if key in rest), None)
    state = content if key is None else rest.pop(key)
    if not isinstance(state, dict) or not state or not all(
            isinstance(name, str) and is_plain(value)
            for name, value in state.items()):
        keys = list(content)[:5] if isinstance(content, dict) else []
        raise CheckpointError(
            f'{source} holds no state dict, but a {type(content).__name__} '
            f'with the entries {keys}; its weights must be under '
            f'{", ".join(STATE_KEYS)}, or be all of it')
    if key is None:
        rest = {}
    check_entries(rest, source)
    checkpoint = {**rest, 'meta': dict(rest.get('meta') or {})}
    if all(name.startswith('module.') for name in state):
        state = {name[len('module.'):]: v for name, v in state.items()}
    if has_old_names(state):
        state = current_names(state)
        checkpoint['meta']['old_names'] = True
    checkpoint['state_dict'] = state
    return checkpoint


def _check_size(path: Path) -> None:
    """Refuse a small file that would fill the memory."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > allowed_bytes(path.stat().st_size):
        raise CheckpointError(
            f'{path} is damaged: it says to hold {size / 2**30:.0f} GiB; '
            'fetch it again')


def _read_safetensors(path: Path, map_location: MapLocation) -> Dict[str, Any]:
    device = map_location if isinstance(map_location,
                                        (str, torch.device)) else 'cpu'
    try:
        with safe_open(path, 'pt', device=str(device)) as file:
            notes = {
                name: json.loads(text)
                for name, text in (file.metadata() or {}).items()
                if name in ('meta', EXTRAS)
            }
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except PermissionError:
        raise
    # Beside SafetensorError, any for a header of nonsense.
    except Exception as error:
        raise CheckpointError(
            f'{path} is damaged or no .safetensors file ({error}); fetch it '
            'again') from error
    prefix = EXTRAS + '.'
    checkpoint = dict(
        state_dict={
            name: value
            for name, value in tensors.items() if not name.startswith(prefix)
        },
        meta=notes.get('meta'))
    if EXTRAS in notes:
        extras = {
            name[len(prefix):]: value
            for name, value in tensors.items() if name.startswith(prefix)
        }
        rest = notes[EXTRAS]
        checkpoint[EXTRAS] = dict(
            rest, tensors=extras) if isinstance(rest, dict) else rest
    return checkpoint


def _harmless() -> List[Union[Callable, Tuple[Callable, str]]]:
    """What a file may hold beside tensors and plain containers."""
    arrays = [np.zeros(1).__reduce__()[0], np.float64(0).__reduce__()[0]]
    dtypes = {type(np.dtype(code)) for code in '?bhilqBHILQefd'}
    # Files of NumPy 1 name the same functions by the old module.
    named = [(function, f'numpy.{core}.multiarray.{function.__name__}')
             for function in arrays for core in ('core', '_core')]
    # Methods are named by `getattr`, which in general is not harmless.
    return [
        argparse.Namespace, np.ndarray, np.dtype, *_ATTRIBUTES, *dtypes,
        *named, (_attribute, 'builtins.getattr')
    ]


def _attribute(owner: type, name: str) -> Callable:
    if not isinstance(owner, type) or name not in _ATTRIBUTES.get(owner, ()):
        raise pickle.UnpicklingError('GLOBAL builtins.getattr')
    return getattr(owner, name)
