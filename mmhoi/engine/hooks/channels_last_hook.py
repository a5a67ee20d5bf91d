# Copyright (c) mmhoi contributors.
import torch
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from mmhoi.registry import HOOKS


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Stores the model's convolutions in the channels-last memory format.

    The outputs are the same. Convolutions on a CPU, and in half precision on
    a GPU, are faster. A model in a wrapper for several processes stays as it
    is: DistributedDataParallel lays out its gradients when it is made, and
    mixes up those of parameters whose layout changes afterwards.
    """

    def before_run(self, runner: Runner) -> None:
        """Convert the model.

        Args:
            runner (Runner): The runner of the process.
        """
        if not is_model_wrapper(runner.model):
            runner.model.to(memory_format=torch.channels_last)
