# Copyright (c) mmhoi contributors.
from typing import Any, Callable, Dict

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


def count_flops(function: Callable[[], Any]) -> Dict[str, int]:
    """Count the arithmetic of matrix products and convolutions.

    Attention runs as plain matrix products meanwhile: the counter of PyTorch
    knows neither the fused attention of a CPU nor the fast path of
    `torch.nn.MultiheadAttention`.

    Args:
        function (Callable): What to run, without arguments.

    Returns:
        dict[str, int]: Floating point operations, a product and a sum being
        two, in all (`Global`) and in each module that was called, by its
        path below the class of the outermost module: `HOIDetector.encoder`.

    Examples:
        >>> layer = torch.nn.Linear(8, 4)
        >>> count_flops(lambda: layer(torch.ones(2, 8)))['Global']
        128
    """
    fastpath = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        counter = FlopCounterMode(display=False)
        with sdpa_kernel(SDPBackend.MATH), counter:
            function()
    finally:
        torch.backends.mha.set_fastpath_enabled(fastpath)
    counts = {
        name: sum(operations.values())
        for name, operations in counter.get_flop_counts().items()
    }
    # Where nothing was counted, there is no entry.
    return dict(counts, Global=counter.get_total_flops())
