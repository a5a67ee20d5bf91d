# Copyright (c) mmhoi contributors.
import math
from typing import Optional

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner, find_latest_checkpoint

from mmhoi.registry import HOOKS


@HOOKS.register_module()
class NonFiniteCheckHook(Hook):
    """Stops training when a loss or a weight is NaN or infinite.

    The losses are looked at after every iteration, the weights before every
    checkpoint is written. Checkpoints that exist are therefore always good
    ones to resume from.
    """

    # Before CheckpointHook, which could save the spoilt weights.
    priority = 'VERY_HIGH'

    def after_train_iter(self,
                         runner: Runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """Check the losses of the iteration.

        Args:
            runner (Runner): The runner of the training process.
            batch_idx (int): Index of the batch in the train loop.
            data_batch (dict, optional): Data from the data loader.
            outputs (dict, optional): What `train_step` returned: name and
                value of every loss.

        Raises:
            FloatingPointError: If a loss is NaN or infinite. It names the
                iteration and the losses.
        """
        bad = [
            f'{name} = {loss.item()}'
            for name, loss in (outputs or {}).items()
            if not math.isfinite(loss.item())
        ]
        if bad:
            raise FloatingPointError(
                f'loss is not finite in epoch {runner.epoch + 1}, iteration '
                f'{runner.iter + 1}: {", ".join(bad)}. {self._remedy(runner)}')

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Check the weights that are about to be saved.

        A step with finite losses can still have had infinite gradients.

        Args:
            runner (Runner): The runner of the training process.
            checkpoint (dict): The checkpoint to be saved.

        Raises:
            FloatingPointError: If a parameter is NaN or infinite.
        """
        bad = [
            name for name, parameter in runner.model.named_parameters()
            if not torch.isfinite(parameter).all()
        ]
        if bad:
            raise FloatingPointError(
                f'{len(bad)} weights are not finite after iteration '
                f'{runner.iter}, the first is {bad[0]}; no checkpoint was '
                f'written. {self._remedy(runner)}')

    @staticmethod
    def _remedy(runner: Runner) -> str:
        last = find_latest_checkpoint(runner.work_dir)
        return (f'Last good checkpoint: {last or "none yet"}. Try a lower '
                'learning rate (optim_wrapper.optimizer.lr), stronger '
                'clipping (optim_wrapper.clip_grad.max_norm) or training '
                'without --amp.')
