# Copyright (c) mmhoi contributors.
"""Reading and writing of checkpoints that others have made."""
import argparse
import hashlib
import json
import pickle
import re
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from mmhoi.utils.whole_file import write_whole

EXTRAS = 'official_extras'


def read_checkpoint(path: Union[str, Path]) -> Dict[str, Any]:
    """Read a checkpoint without running code that may be in it.

    Beside tensors and plain containers a file may hold the arguments of an
    official program (`argparse.Namespace`) and the log of mmengine.

    Args:
        path (str | Path): A file of type .pth, .pt or .safetensors.

    Returns:
        dict: `state_dict` (dict[str, Tensor]), `meta` (dict) and, if it came
        from an official checkpoint, `official_extras` (dict).

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it cannot be read, holds code, or no state dict.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'no such checkpoint: {path}')
    if path.suffix == '.safetensors':
        return _read_safetensors(path)
    content = _read_pickle(path)
    state = content
    if isinstance(content, dict):
        state = content.get('state_dict', content.get('model', content))
    if not isinstance(state, dict) or not state or not all(
            isinstance(value, Tensor) for value in state.values()):
        keys = list(content)[:5] if isinstance(content, dict) else []
        raise ValueError(
            f'{path} holds no state dict, but a {type(content).__name__} '
            f'with the entries {keys}; its weights must be under "model" or '
            '"state_dict", or be all of it')
    checkpoint = dict(state_dict=dict(state), meta=content.get('meta') or {})
    if EXTRAS in content:
        checkpoint[EXTRAS] = content[EXTRAS]
    return checkpoint


def write_checkpoint(path: Union[str, Path],
                     state_dict: Dict[str, Tensor],
                     meta: Dict[str, Any],
                     extras: Optional[Dict] = None) -> None:
    """Write one of our checkpoints: the whole file, or none.

    Args:
        path (str | Path): File to write: .safetensors, or for mmengine .pth.
        state_dict (dict[str, Tensor]): The weights.
        meta (dict): What they are; plain containers, strings and numbers.
        extras (dict, optional): Of `collect_extras`. Defaults to None.

    Raises:
        ValueError: If the type of the file is another one.
    """
    path = Path(path)
    if path.suffix == '.safetensors':
        tensors = dict(state_dict)
        notes = dict(meta=json.dumps(meta))
        if extras is not None:
            rest = {k: v for k, v in extras.items() if k != 'tensors'}
            notes[EXTRAS] = json.dumps(rest)
            for name, value in extras['tensors'].items():
                tensors[f'{EXTRAS}.{name}'] = value
        # Tensors that share memory cannot be written.
        tensors = {k: v.clone().contiguous() for k, v in tensors.items()}
        with write_whole(path) as draft:
            save_file(tensors, draft, notes)
    elif path.suffix == '.pth':
        content = dict(meta=meta, state_dict=state_dict)
        if extras is not None:
            content[EXTRAS] = extras
        with write_whole(path) as draft:
            torch.save(content, draft)
    else:
        raise ValueError(f'{path}: unknown file type "{path.suffix}"; '
                         'allowed: .pth, .safetensors')


def write_official(path: Union[str, Path], state_dict: Dict[str,
                                                            Tensor]) -> None:
    """Write a checkpoint as the official programs read it.

    Args:
        path (str | Path): File to write.
        state_dict (dict[str, Tensor]): Weights with official names.
    """
    with write_whole(Path(path)) as draft:
        torch.save(dict(model=state_dict), draft)


def file_sha256(path: Union[str, Path]) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _read_safetensors(path: Path) -> Dict[str, Any]:
    try:
        with safe_open(path, 'pt') as file:
            notes = {
                name: json.loads(text)
                for name, text in (file.metadata() or {}).items()
                if name in ('meta', EXTRAS)
            }
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, ValueError) as error:
        raise ValueError(f'{path} is damaged or no .safetensors file '
                         f'({error}); fetch it again') from error
    prefix = EXTRAS + '.'
    checkpoint = dict(
        state_dict={
            name: value
            for name, value in tensors.items() if not name.startswith(prefix)
        },
        meta=notes.get('meta', {}))
    if EXTRAS in notes:
        extras = {
            name[len(prefix):]: value
            for name, value in tensors.items() if name.startswith(prefix)
        }
        checkpoint[EXTRAS] = dict(tensors=extras, **notes[EXTRAS])
    return checkpoint


def _read_pickle(path: Path) -> Any:
    try:
        with torch.serialization.safe_globals(_harmless()):
            return torch.load(path, map_location='cpu', weights_only=True)
    except pickle.UnpicklingError as error:
        found = re.search(r'GLOBAL (\w+\.[\w.]*\w|\w+)', str(error))
        what = 'it is damaged, or a pickle that torch.save has not written,'
        if found:
            what = f'it holds more than weights, namely {found[1]},'
        raise ValueError(
            f'{path} is refused: {what} which could run code while it is '
            'read. Take the file from its authors, or save its state dict '
            'alone where you trust it') from error
    except Exception as error:  # Of damaged bytes an unpickler raises any.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f'{path} is damaged, probably truncated ({reason}); '
                         'fetch it again') from error


def _harmless() -> List:
    """What a file may hold beside tensors and plain containers."""
    arrays = [np.zeros(1).__reduce__()[0], np.float64(0).__reduce__()[0]]
    dtypes = [type(np.dtype(name)) for name in ('bool', 'i8', 'f4', 'f8')]
    # A HistoryBuffer names its methods by `getattr`, which in general is not
    # harmless.
    return [
        argparse.Namespace, HistoryBuffer, np.ndarray, np.dtype, *arrays,
        *dtypes, (_statistic, 'builtins.getattr')
    ]


def _statistic(owner: type, name: str):
    if owner is not HistoryBuffer or name.startswith('_'):
        raise pickle.UnpicklingError('GLOBAL builtins.getattr')
    return getattr(owner, name)
