# Copyright (c) mmhoi contributors.
import logging
from typing import Any, Optional

from mmengine.dataset import InfiniteSampler
from mmengine.logging import print_log
from mmengine.runner import IterBasedTrainLoop as BaseIterBasedTrainLoop
from torch import nn
from torch.utils.data import DataLoader

from mmhoi.datasets.drawn_items import DrawnBatches
from mmhoi.registry import LOOPS
from .exact_steps import VALIDATED, ExactSteps


@LOOPS.register_module()
class IterBasedTrainLoop(ExactSteps, BaseIterBasedTrainLoop):
    """mmengine's loop, whose resumed runs equal whole ones, see `ExactSteps`.

    It makes up for a validation that was interrupted. Arguments are those of
    mmengine's loop.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # Versions of mmengine differ in how theirs leaves batches out.
        self.dataloader_iterator = EndlessBatches(self.dataloader,
                                                  self.batches)

    def run(self) -> nn.Module:
        """Train.

        Returns:
            nn.Module: The model.
        """
        self.prepare_draws()
        self.runner.call_hook('before_train')
        self.runner.call_hook('before_train_epoch')
        self.dataloader_iterator.position = self._iter
        self._decide_current_val_interval()
        seen = self.runner.message_hub.runtime_info.get(VALIDATED)
        if self._iter > 0 and seen != self._iter:
            self._validate_if_due()
        if self._iter >= self._max_iters:
            print_log(
                f'this run is finished: {self._iter} iterations of '
                f'{self._max_iters}. For more give --resume with '
                f'--cfg-options train_cfg.max_iters=N',
                logger='current',
                level=logging.WARNING)
        while self._iter < self._max_iters and not self.stop_training:
            self.runner.model.train()
            self.run_iter(next(self.dataloader_iterator))
            self._decide_current_val_interval()
            self._validate_if_due()
        self.runner.call_hook('after_train_epoch')
        self.runner.call_hook('after_train')
        return self.runner.model

    def _validate_if_due(self) -> None:
        if (self.runner.val_loop is not None and self._iter >= self.val_begin
                and (self._iter % self.val_interval == 0
                     or self._iter == self._max_iters)):
            self.validate()


class EndlessBatches:
    """Batches of a loader, epoch after epoch, from any of them on.

    Attributes:
        position (int): Number of the next batch, before the first one is
            taken.

    Args:
        loader (DataLoader): The loader.
        batches (DrawnBatches): Its batch sampler.
    """

    def __init__(self, loader: DataLoader, batches: DrawnBatches) -> None:
        self.loader = loader
        self.batches = batches
        self.position = 0
        self.iterator: Optional[Any] = None

    def __iter__(self) -> 'EndlessBatches':
        return self

    def __next__(self) -> Any:
        if self.iterator is None:
            self._start()
        try:
            batch = next(self.iterator)
        except StopIteration:
            self._start()
            batch = next(self.iterator)
        self.position += 1
        return batch

    def _start(self) -> None:
        sampler = self.batches.sampler
        self.batches.start = self.position
        if not isinstance(sampler, InfiniteSampler):
            self.batches.epoch, self.batches.start = divmod(
                self.position, len(self.loader))
            if hasattr(sampler, 'set_epoch'):
                sampler.set_epoch(self.batches.epoch)
        self.iterator = iter(self.loader)
