# Copyright (c) mmhoi contributors.
from typing import Dict

import torch
from mmdet.models.layers import (DetrTransformerDecoderLayer,
                                 DetrTransformerEncoderLayer, ResLayer)
from mmengine.dist import all_reduce
from mmengine.model import MMFullyShardedDataParallel
from mmengine.optim import OptimWrapper
from open_clip.transformer import ResidualAttentionBlock
from torch import Tensor, nn
from torch.distributed.fsdp.wrap import ModuleWrapPolicy

from mmhoi.registry import MODEL_WRAPPERS

# Their parameters are gathered at one call each. The head cannot be one of
# them: it is used by `loss` and `predict`, which FSDP does not see.
BLOCKS = (DetrTransformerDecoderLayer, DetrTransformerEncoderLayer,
          ResidualAttentionBlock, ResLayer)


@MODEL_WRAPPERS.register_module()
class HOIFullyShardedDataParallel(MMFullyShardedDataParallel):
    """MMFullyShardedDataParallel for models with scalar parameters.

    Transformer layers and the stages of the ResNet are gathered one by one,
    the rest of the model at once. Scalars such as CLIP's temperature, which
    FSDP refuses, stay whole on each process; their gradients are averaged as
    those of the rest. Gradients are clipped to the norm over all processes;
    mmengine's OptimWrapper would take the norm of this process's part.

    Args:
        module (nn.Module): The model.
        **kwargs: Other arguments of MMFullyShardedDataParallel.
    """

    def __init__(self, module: nn.Module, **kwargs):
        scalars = [p for p in module.parameters() if p.dim() == 0]
        for scalar in scalars:
            if scalar.requires_grad:
                scalar.register_hook(_mean_over_processes)
        super().__init__(
            module,
            auto_wrap_policy=ModuleWrapPolicy(BLOCKS),
            ignored_states=scalars,
            **kwargs)

    def train_step(self, data: dict,
                   optim_wrapper: OptimWrapper) -> Dict[str, Tensor]:
        """One step of training.

        Args:
            data (dict): A batch of the data loader.
            optim_wrapper (OptimWrapper): Updates the parameters.

        Returns:
            dict[str, Tensor]: Losses to log.
        """
        clips_norm = optim_wrapper.clip_grad_kwargs and (
            optim_wrapper.clip_func is torch.nn.utils.clip_grad_norm_)
        if clips_norm:
            optim_wrapper.clip_func = self._clip_grad_norm
        return super().train_step(data, optim_wrapper)

    def _clip_grad_norm(self, params, max_norm, norm_type=2.):
        """Clip to the norm of all processes; `params` are parts of it."""
        return self.clip_grad_norm_(max_norm, norm_type)


def _mean_over_processes(grad: Tensor) -> Tensor:
    grad = grad.clone()
    all_reduce(grad, op='mean')
    return grad
