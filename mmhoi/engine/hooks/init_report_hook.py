# Copyright (c) mmhoi contributors.
import logging
from collections import Counter
from typing import Iterable

from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from mmhoi.registry import HOOKS
from .model_wrapper import unwrap


@HOOKS.register_module()
class InitReportHook(Hook):
    """Says in one line what of a model begins with the weights of a file.

    Training most often starts from a detector, which has no weights for
    interactions: mmengine would list all their names as a mismatch. Weights
    of other shapes are left to mmengine's warning.
    """

    # After the hooks that change what a checkpoint holds.
    priority = 'VERY_LOW'

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Tell missing and unknown weights, and settle them.

        Args:
            runner (Runner): The runner that loads the checkpoint.
            checkpoint (dict): The checkpoint. Its missing weights become the
                model's own, those that the model lacks are taken out.
        """
        model = unwrap(runner.model)
        if is_model_wrapper(model):
            return
        own, given = model.state_dict(), checkpoint['state_dict']
        missing, unknown = own.keys() - given.keys(), given.keys() - own.keys()
        if not missing and not unknown:
            return
        words = f'{len(own) - len(missing)} of {len(own)} weights are loaded'
        if missing:
            words += f'; the others keep their own: {_modules(missing)}'
        if unknown:
            words += f'; not in this model: {_modules(unknown)}'
        # A checkpoint of which nothing fits is hardly meant.
        level = logging.INFO if len(missing) < len(own) else logging.WARNING
        print_log(words, logger='current', level=level)
        for name in unknown:
            del given[name]
        given.update((name, own[name]) for name in missing)


def _modules(names: Iterable[str]) -> str:
    """Count weights by the modules that they are in."""
    # A counter of batches, which older checkpoints lack, is no weight.
    counts = Counter('.'.join(name.split('.')[:2]) for name in names
                     if not name.endswith('.num_batches_tracked'))
    return ', '.join(f'{name} ({counts[name]})' for name in sorted(counts))
