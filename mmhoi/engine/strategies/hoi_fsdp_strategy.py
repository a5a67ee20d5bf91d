# Copyright (c) mmhoi contributors.
from functools import partial
from typing import Dict, Union

import torch
from mmengine._strategy import FSDPStrategy
from mmengine.device import get_device
from mmengine.optim import BaseOptimWrapper
from torch import Tensor, nn
from torch.distributed.fsdp import FullyShardedDataParallel
from torch.distributed.fsdp.wrap import ModuleWrapPolicy

from mmhoi.checkpoints.fitting import weight_shapes
from mmhoi.registry import STRATEGIES


@STRATEGIES.register_module()
class HOIFSDPStrategy(FSDPStrategy):
    """mmengine's FSDP strategy for the detectors of this package.

    What it adds:

    - PyTorch shards no scalars, such as CLIP's logit scale. In the wrapped
      model they are vectors of length 1, in checkpoints scalars.
    - The layers that the model's class names in `FSDP_LAYERS` are gathered
      one by one, unless `model_wrapper` has an `auto_wrap_policy`.
    - Gradients are clipped by their norm over all shards. mmengine takes the
      norm of each process's part.
    - Without GPUs, the processes of a CPU do.
    - Training can be resumed, which mmengine 0.10 fails to do with today's
      PyTorch.

    Checkpoints are those of training without FSDP: `state_dict_cfg` is
    `full`, unless it is given.

    Args:
        state_dict_cfg (str | dict): See `FSDPStrategy`. Defaults to `full`.
        **kwargs: Other arguments of `FSDPStrategy`.
    """

    def __init__(self,
                 *,
                 state_dict_cfg: Union[str, dict] = 'full',
                 **kwargs) -> None:
        super().__init__(state_dict_cfg=state_dict_cfg, **kwargs)

    def build_model(self, model: Union[nn.Module, dict]) -> nn.Module:
        """Build the model and turn its scalars into vectors."""
        model = super().build_model(model)
        model.whole_shapes = weight_shapes(model.state_dict())
        self.scalars = [
            name for name, param in model.named_parameters()
            if param.dim() == 0
        ]
        for name in self.scalars:
            path, _, last = name.rpartition('.')
            module, param = model.get_submodule(path), model.get_parameter(
                name)
            vector = nn.Parameter(param.data[None], param.requires_grad)
            setattr(module, last, vector)
            self.id_to_name[id(vector)] = name
        return model

    def _wrap_model(self, model: nn.Module) -> nn.Module:
        wrapper = dict(
            type='MMFullyShardedDataParallel',
            auto_wrap_policy=ModuleWrapPolicy(model.FSDP_LAYERS))
        if get_device() == 'cpu':
            wrapper['device_id'] = 'cpu'
        self.model_wrapper = {**wrapper, **(self.model_wrapper or {})}
        # States of the optimizer would be mixed up in checkpoints: FSDP cuts
        # parameters in their memory format, these states in PyTorch's order.
        model.to(memory_format=torch.contiguous_format)
        return super()._wrap_model(model)

    def build_optim_wrapper(self, optim_wrapper, model) -> BaseOptimWrapper:
        """Build the optimizer wrapper; it clips as the class says."""
        optim_wrapper = super().build_optim_wrapper(optim_wrapper, model)
        clip_func = getattr(optim_wrapper, 'clip_func', None)
        if clip_func is nn.utils.clip_grad_norm_:
            optim_wrapper.clip_func = partial(_clip_all_shards, model)
        return optim_wrapper

    def model_state_dict(self) -> Dict[str, Tensor]:
        """The model's state, with scalars if it is a full one."""
        state = super().model_state_dict()
        if self._is_full_state_dict():
            for name in set(self.scalars) & set(state):
                state[name] = state[name].reshape(())
        return state

    def load_model_state_dict(self, state_dict: dict, **kwargs) -> None:
        """Load the model's state; scalars become vectors."""
        if self._is_full_state_dict():
            for name in set(self.scalars) & set(state_dict):
                state_dict[name] = state_dict[name].reshape(1)
        super().load_model_state_dict(state_dict, **kwargs)

    def load_optim_state_dict(self, state_dict: dict) -> None:
        """Load the optimizer's state.

        mmengine passes these arguments in the order that PyTorch had once.
        """
        optimizer = self.optim_wrapper.optimizer
        self.optim_wrapper.load_state_dict(
            FullyShardedDataParallel.optim_state_dict_to_load(
                model=self.model, optim=optimizer,
                optim_state_dict=state_dict))


def _clip_all_shards(model: nn.Module, params: list, **kwargs) -> Tensor:
    """`clip_grad_norm_` for an optimizer wrapper, which passes `params`."""
    return model.clip_grad_norm_(**kwargs)
