# Copyright (c) mmhoi contributors.
import logging

from mmengine.logging import print_log
from mmengine.runner import EpochBasedTrainLoop as BaseEpochBasedTrainLoop
from torch import nn

from mmhoi.registry import LOOPS
from .exact_steps import VALIDATED, ExactSteps


@LOOPS.register_module()
class EpochBasedTrainLoop(ExactSteps, BaseEpochBasedTrainLoop):
    """mmengine's loop, whose resumed runs equal whole ones, see `ExactSteps`.

    It also goes on in the middle of an epoch, from checkpoints by iteration,
    and makes up for a validation that was interrupted. Arguments are those of
    mmengine's loop.
    """

    def run(self) -> nn.Module:
        """Train.

        Returns:
            nn.Module: The model.
        """
        self.prepare_draws()
        self.runner.call_hook('before_train')
        self._decide_current_val_interval()
        at_end = self._iter == self._epoch * len(self.dataloader)
        seen = self.runner.message_hub.runtime_info.get(VALIDATED)
        if self._epoch > 0 and at_end and seen != self._iter:
            self._validate_if_due()
        if self._epoch >= self._max_epochs:
            print_log(
                f'this run is finished: {self._epoch} epochs of '
                f'{self._max_epochs}. For more give --resume with '
                f'--cfg-options train_cfg.max_epochs=N',
                logger='current',
                level=logging.WARNING)
        while self._epoch < self._max_epochs and not self.stop_training:
            self.run_epoch()
            self._decide_current_val_interval()
            self._validate_if_due()
        self.runner.call_hook('after_train')
        return self.runner.model

    def run_epoch(self) -> None:
        """Train for an epoch, or for what is left of it."""
        self.runner.call_hook('before_train_epoch')
        self.runner.model.train()
        start = self._iter - self._epoch * len(self.dataloader)
        self.batches.epoch, self.batches.start = self._epoch, start
        if start < len(self.dataloader):
            for number, batch in enumerate(self.dataloader, start):
                self.run_iter(number, batch)
        self.runner.call_hook('after_train_epoch')
        self._epoch += 1

    def _validate_if_due(self) -> None:
        if (self.runner.val_loop is not None and self._epoch >= self.val_begin
                and (self._epoch % self.val_interval == 0
                     or self._epoch == self._max_epochs)):
            self.validate()
