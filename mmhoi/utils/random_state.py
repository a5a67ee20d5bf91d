# Copyright (c) mmhoi contributors.
"""Random numbers that depend on what they are for, not on what was before."""
import random
from contextlib import contextmanager
from typing import Iterator

import numpy as np
import torch


def seed_by(*key: int) -> None:
    """Seed Python, NumPy and PyTorch, accelerators included, with a key.

    Args:
        *key (int): Numbers of any size, not negative. Other keys give
            independent random numbers.

    Examples:
        >>> seed_by(7, 0)
        >>> first = random.random(), float(torch.rand(1))
        >>> seed_by(7, 1)
        >>> other = random.random()
        >>> seed_by(7, 0)
        >>> first == (random.random(), float(torch.rand(1))), first[0] == other
        (True, False)
    """
    _seed(key, torch.manual_seed)


@contextmanager
def drawn_by(*key: int) -> Iterator[None]:
    """Let the `with` statement draw random numbers from a key, on the CPU.

    What is drawn after it is as if it had not been.

    Args:
        *key (int): As of `seed_by`.

    Examples:
        >>> with drawn_by(7, 0, 5):
        ...     first = np.random.rand()
        >>> with drawn_by(7, 0, 5):
        ...     print(np.random.rand() == first)
        True
    """
    before = random.getstate(), np.random.get_state(), torch.get_rng_state()
    # Processes that load data must not touch the accelerator.
    _seed(key, torch.default_generator.manual_seed)
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
        torch.set_rng_state(before[2])


def _seed(key, seed_torch) -> None:
    for_python, for_numpy, *for_torch = np.random.SeedSequence(
        key).generate_state(4).tolist()
    random.seed(for_python)
    np.random.seed(for_numpy)
    # PyTorch takes a seed of 63 bits.
    seed_torch((for_torch[0] << 31) ^ for_torch[1])
