# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.models.utils import compile_parts
from mmhoi.registry import HOOKS
from .model_wrapper import unwrap


@HOOKS.register_module()
class CompileHook(Hook):
    """Compiles the parts of the detector that trains, see `compile_parts`."""

    def before_train(self, runner: Runner) -> None:
        """Compile; it happens when the first batch comes.

        Args:
            runner (Runner): The runner of the training process.
        """
        compile_parts(unwrap(runner.model))
