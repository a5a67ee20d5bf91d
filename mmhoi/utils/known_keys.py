# Copyright (c) mmhoi contributors.
"""Keys that nothing reads are refused, with the nearest that is read."""
import difflib
from typing import Iterable

from .setup_error import SetupError


def check_keys(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Refuse keys that nobody would read.

    Args:
        given (Iterable[str]): The keys that a user has written.
        known (Iterable[str]): The keys that are read.
        where (str): What `given` is, such as "`model.test_cfg`".

    Raises:
        SetupError: If a key is not among the known ones.

    Examples:
        >>> check_keys({'max_per_img': 50}, ['max_per_img'], '`test_cfg`')
    """
    known = sorted(known)
    for key in sorted(given):
        if key not in known:
            raise SetupError(f'nothing reads the key `{key}` of {where}'
                             f'{nearest(key, known)}; allowed: '
                             f'{", ".join(known) or "none"}')


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Suggest the nearest name.

    Args:
        name (str): A name that is not known.
        known (Iterable[str]): Those that are.
        cutoff (float): How alike they must be, up to 1. Defaults to 0.6.

    Returns:
        str: Words for the end of a message; empty if none is near.

    Examples:
        >>> nearest('test_dataloder', ['test_cfg', 'test_dataloader'])
        '; did you mean `test_dataloader`?'
        >>> nearest('x', ['test_cfg'])
        ''
    """
    close = difflib.get_close_matches(str(name), list(known), 1, cutoff)
    return f'; did you mean `{close[0]}`?' if close else ''
