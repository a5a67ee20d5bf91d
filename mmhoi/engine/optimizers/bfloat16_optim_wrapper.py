# Copyright (c) mmhoi contributors.
from contextlib import contextmanager
from typing import Iterator

import torch
from mmengine.optim import OptimWrapper
from mmengine.runner import autocast
from torch import nn

from mmhoi.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Mixed precision with bfloat16, on a CPU as well as on a GPU.

    mmengine's `AmpOptimWrapper` wants a GPU. Bfloat16 has the range of
    float32, so there is no loss scale. Arguments are those of
    `mmengine.optim.OptimWrapper`.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Run the forward pass of a training step in bfloat16.

        Args:
            model (nn.Module): The model that trains.
        """
        with super().optim_context(model), autocast(dtype=torch.bfloat16):
            yield
