# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.registry import HOOKS
from mmhoi.utils.setup_error import SetupError


@HOOKS.register_module()
class BatchCheckHook(Hook):
    """Refuses training whose data does not fill a single batch.

    A loader with `drop_last`, as the official recipe has it, leaves the last,
    smaller batch out. If that is the only one, epochs would pass in which
    nothing is trained.
    """

    def before_train(self, runner: Runner) -> None:
        """Check the training data of this process.

        Args:
            runner (Runner): The runner of the training process.

        Raises:
            SetupError: If an epoch has no batch.
        """
        loader = runner.train_dataloader
        if len(loader) == 0:
            raise SetupError(
                f'{len(loader.dataset)} training images do not fill a batch '
                f'of {loader.batch_size} images for each of the '
                f'{runner.world_size} processes; reduce '
                'train_dataloader.batch_size, or set '
                'train_dataloader.drop_last=False')
