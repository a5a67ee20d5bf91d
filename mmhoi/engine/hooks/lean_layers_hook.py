# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.models.layers import use_lean_attention, use_lean_dropout
from mmhoi.registry import HOOKS
from .model_wrapper import unwrap


@HOOKS.register_module()
class LeanLayersHook(Hook):
    """Trains with attention and dropout that store less, see their classes.

    mmdet's transformer layers build PyTorch's classes by name: there is no
    config key for others. Parameters and their names are the same, outputs
    up to rounding.
    """

    def before_train(self, runner: Runner) -> None:
        """Change the forward of the layers.

        Args:
            runner (Runner): The runner of the training process.
        """
        model = unwrap(runner.model)
        use_lean_attention(model)
        use_lean_dropout(model)
