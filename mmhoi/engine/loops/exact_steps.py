# Copyright (c) mmhoi contributors.
from typing import Union

from mmengine.dist import get_rank, sync_random_seed
from torch.utils.data import DataLoader

from mmhoi.datasets.drawn_items import draw_items
from mmhoi.utils.random_state import seed_by
from mmhoi.utils.setup_error import SetupError
from ..divergence import explained_divergence

#: Where the message hub, and with it every checkpoint, keeps the run's seed.
SEED = 'data_seed'
#: ... the iteration after which was validated last.
VALIDATED = 'iter_of_validation'
#: ... and the number of iterations of an epoch.
EPOCH_LENGTH = 'epoch_length'


class ExactSteps:
    """What a train loop needs so that a resumed run equals a whole one.

    Shuffling depends on the run's seed and the epoch, augmentation on these
    and the index of an image, and all that the model draws in an iteration
    (dropout, noise) on seed, process and the number of the iteration. So
    there is no state of a generator that a checkpoint would have to hold, and
    the number of workers makes no difference.

    A mixin for mmengine's train loops.
    """

    def __init__(self, runner, dataloader: Union[DataLoader, dict],
                 **kwargs) -> None:
        if isinstance(dataloader, dict):
            dataloader = runner.build_dataloader(
                dataloader,
                seed=runner.seed,
                diff_rank_seed=runner._randomness_cfg.get(
                    'diff_rank_seed', False))
        self.batches = draw_items(dataloader)
        interval = kwargs.get('val_interval', 1)
        if type(interval) is not int or interval < 1:
            raise SetupError(
                f'train_cfg.val_interval={interval!r} must be a whole number '
                'of at least 1; without validation set val_dataloader, '
                'val_evaluator and val_cfg to None')
        super().__init__(runner=runner, dataloader=dataloader, **kwargs)

    def prepare_draws(self) -> None:
        """Fix the seed, after a checkpoint that may hold it was loaded."""
        hub = self.runner.message_hub
        sampler = self.batches.sampler
        if self._iter == 0:
            seed = getattr(sampler, 'seed', None)
            seed = sync_random_seed() if seed is None else seed
            hub.update_info(SEED, seed)
            hub.update_info(VALIDATED, 0)
        # Checkpoints of earlier versions have their seed elsewhere.
        self.seed = hub.runtime_info.get(SEED, self.runner.seed)
        hub.update_info(SEED, self.seed)
        hub.update_info(EPOCH_LENGTH, len(self.dataloader))
        self.batches.seed = self.seed
        if hasattr(sampler, 'seed'):
            sampler.seed = self.seed

    def run_iter(self, *args, **kwargs) -> None:
        """Train with one batch, see the loop of mmengine."""
        seed_by(self.seed, get_rank(), self._iter)
        with explained_divergence(self.runner):
            super().run_iter(*args, **kwargs)

    def validate(self) -> None:
        """Run the validation, and let checkpoints tell that it has begun.

        Only the one that is written at its end, if it was the best, can.
        """
        self.runner.message_hub.update_info(VALIDATED, self._iter)
        self.runner.val_loop.run()
