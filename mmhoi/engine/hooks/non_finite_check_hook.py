# Copyright (c) mmhoi contributors.
import math
from typing import Optional

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.registry import HOOKS
from ..divergence import divergence


@HOOKS.register_module()
class NonFiniteCheckHook(Hook):
    """Stops training when a loss or a weight is NaN or infinite.

    Losses and, where they are clipped, gradients are looked at after every
    iteration, the weights before every checkpoint is written. Checkpoints
    that exist are therefore always good ones to resume from. The train loops
    say the same where a step fails because of such numbers.
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
            raise divergence(runner, 'loss is not finite', ', '.join(bad))
        norm = runner.message_hub.log_scalars.get('train/grad_norm')
        # A loss scaler looks for a scale by trying; it leaves such steps out.
        if norm is not None and not hasattr(
                runner.optim_wrapper, 'loss_scaler') and not math.isfinite(
                    norm.current()):
            losses = [f'{k} = {v.item():g}' for k, v in outputs.items()]
            raise divergence(runner, 'the norm of gradients is not finite',
                             ', '.join(losses))

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
            raise divergence(
                runner, f'{len(bad)} weights, the first is {bad[0]}, are not '
                'finite', 'no checkpoint is written')
