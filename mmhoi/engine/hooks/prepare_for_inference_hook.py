# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.models.utils import prepare_for_inference
from mmhoi.registry import HOOKS
from .model_wrapper import unwrap


@HOOKS.register_module()
class PrepareForInferenceHook(Hook):
    """Has a test use the faster forms that `prepare_for_inference` makes.

    Not for runs that train: afterwards the model cannot be saved.

    Args:
        compile (bool): Whether to use `torch.compile`. Defaults to False.
    """

    def __init__(self, compile: bool = False) -> None:
        self.compile = compile

    def before_test(self, runner: Runner) -> None:
        """Change the model, which has its weights by now.

        Args:
            runner (Runner): The runner of the testing process.
        """
        prepare_for_inference(unwrap(runner.model), compile=self.compile)
