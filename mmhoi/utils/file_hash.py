# Copyright (c) mmhoi contributors.
"""Hashes of files."""
import hashlib
import os
from pathlib import Path
from typing import Union

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
