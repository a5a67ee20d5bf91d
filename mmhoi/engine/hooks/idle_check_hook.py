# Copyright (c) mmhoi contributors.
import logging
from typing import Optional

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.registry import HOOKS


@HOOKS.register_module()
class IdleCheckHook(Hook):
    """Warns if a whole epoch has trained nothing: its losses were all 0.

    So it is when no image gives a pair, because a detector finds no human or
    a file of boxes is about something else: nothing fails then, and nothing
    is learnt.
    """

    def before_train_epoch(self, runner: Runner) -> None:
        """Begin to count.

        Args:
            runner (Runner): The runner of the training process.
        """
        self.is_idle = True

    def after_train_iter(self,
                         runner: Runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """See whether there was any loss.

        Args:
            runner (Runner): The runner of the training process.
            batch_idx (int): Index of the batch in the train loop.
            data_batch (dict, optional): Data from the data loader.
            outputs (dict, optional): What `train_step` returned: name and
                value of every loss.
        """
        if self.is_idle and outputs:
            self.is_idle = not any(value.item() for value in outputs.values())

    def after_train_epoch(self, runner: Runner) -> None:
        """Say so if there was none.

        Args:
            runner (Runner): The runner of the training process.
        """
        if self.is_idle:
            runner.logger.log(
                logging.WARNING,
                f'all losses of epoch {runner.epoch + 1} were 0: nothing was '
                'trained. Has any image a pair? Look at the boxes (the '
                "detector's weights, or the file of LoadDetections), at the "
                'thresholds of model.pair_proposer or '
                'model.train_pair_sampler, and at the annotations')
