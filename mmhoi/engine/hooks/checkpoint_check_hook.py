# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.checkpoints import (CheckpointMismatchError, check_fits,
                               check_same_classes)
from mmhoi.registry import HOOKS
from .model_wrapper import whole


@HOOKS.register_module()
class CheckpointCheckHook(Hook):
    """Refuses a checkpoint whose weights or classes are not the model's.

    mmengine only warns about missing or unknown weights, so that training can
    start from parts of another model. tools/test.py and `tools/train.py
    --resume` register this hook, because there it can only be a mistake.
    What a model names as its `optional_weights` may be missing as a whole.

    Args:
        resume (bool): Whether the states of the optimizer are loaded, too.
            Defaults to False.
    """

    # Before ClassGuardHook, which takes weights out of a checkpoint.
    priority = 'HIGH'

    def __init__(self, resume: bool = False) -> None:
        self.resume = resume

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Compare the weights before they reach the model.

        Args:
            runner (Runner): The runner that loads the checkpoint.
            checkpoint (dict): The checkpoint as read from its file.

        Raises:
            CheckpointMismatchError: If names or shapes differ, or classes or
                their order. It lists some of them.
        """
        if self.resume and 'old_names' in checkpoint['meta']:
            # The optimizer's states are by the order of the parameters.
            raise CheckpointMismatchError(
                'this run was begun with an earlier version of mmhoi, whose '
                'optimizer states do not fit; start from its weights with '
                '--cfg-options load_from=CHECKPOINT instead of --resume')
        model = whole(runner.model)
        check_same_classes(model, checkpoint)
        check_fits(model, checkpoint)
