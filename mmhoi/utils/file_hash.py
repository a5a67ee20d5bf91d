# Copyright (c) mmhoi contributors.
"""Hashes of files."""
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Mapping, Union

if TYPE_CHECKING:
    from torch import Tensor

_ENDS = 4096


def file_sha256(path: Union[str, Path]) -> str:
    """SHA-256 of a file's bytes.

    Args:
        path (str | Path): The file.

    Returns:
        str: 64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def file_sign(path: Union[str, Path]) -> str:
    """A sign of a file's content that is quick to get.

    Args:
        path (str | Path): The file.

    Returns:
        str: Its size and 16 hexadecimal digits of the SHA-256 of its first
        and last 4096 bytes: other photos differ in them, whatever they are
        called; '' if there is no such file.
    """
    try:
        with open(path, 'rb') as file:
            head = file.read(_ENDS)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _ENDS, 0))
            digest = hashlib.sha256(head + file.read(_ENDS))
    except OSError:
        return ''
    return f'{size}-{digest.hexdigest()[:16]}'


def weights_sha256(state_dict: Mapping[str, 'Tensor']) -> str:
    """Hash of weights, whichever file they come from.

    Args:
        state_dict (Mapping[str, Tensor]): The weights by name.

    Returns:
        str: SHA-256 of names and values, in hexadecimal digits.

    Examples:
        >>> import torch
        >>> one, other = (dict(a=torch.full((2, ), x)) for x in (1., 2.))
        >>> weights_sha256(one) == weights_sha256(dict(one))
        True
        >>> weights_sha256(one) == weights_sha256(other)
        False
    """
    # Hashes of files need none.
    import torch
    digest = hashlib.sha256()
    for name, value in sorted(state_dict.items()):
        digest.update(name.encode())
        # NumPy does not know all types, such as bfloat16.
        raw = value.detach().cpu().contiguous().flatten()
        digest.update(raw.view(torch.uint8).numpy())
    return digest.hexdigest()
