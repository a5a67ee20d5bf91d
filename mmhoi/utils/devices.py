# Copyright (c) mmhoi contributors.
"""Devices that are named by a user."""
from typing import Optional

import torch


def check_device(device: Optional[str]) -> None:
    """Make sure that a device can be used, before a model is built for it.

    Args:
        device (str, optional): Such as `cpu` or `cuda:0`; None is allowed.

    Raises:
        ValueError: If it cannot.
    """
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f'device "{device}" cannot be used ({reason}); give '
            '"cpu", or "cuda:0" on a machine with a GPU') from error
