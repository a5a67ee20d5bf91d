# Copyright (c) mmhoi contributors.
import logging
from typing import List

from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import EpochBasedTrainLoop, Runner

from mmhoi.checkpoints import CheckpointError
from mmhoi.checkpoints.config_text import read_config
from mmhoi.registry import HOOKS
from mmhoi.utils.config_changes import config_changes
from mmhoi.utils.listing import shortened
from mmhoi.utils.setup_error import SetupError
from ..hook_states import restore_hook_states
from ..loops.exact_steps import EPOCH_LENGTH, SEED, VALIDATED
from ..restored_schedule import asks_for_other_schedule, follow_new_schedule
from .checkpoint_hook import GRADIENTS

#: Keys that say where and how a run is started, not what it computes.
_WHERE = ('work_dir', 'load_from', 'resume', 'launcher', 'log_level',
          'visualizer', 'vis_backends', 'model_wrapper_cfg', 'custom_imports')
_ANEW = ('begin a new run with its weights by --cfg-options '
         'load_from=CHECKPOINT, without --resume')


@HOOKS.register_module()
class ResumeHook(Hook):
    """Has a resumed run do what its config asks for now.

    mmengine restores learning rate, schedules and seed as they were, whatever
    the config says. Where nothing has changed this is right. Otherwise the
    schedules are those of the config, at the step where the run is; a line in
    the log names the changes. What cannot be done is refused.

    tools/train.py registers it with `--resume`.
    """

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Change the state before it is restored.

        Args:
            runner (Runner): The runner, with optimizer and schedules of its
                config.
            checkpoint (dict): The checkpoint; it is changed.

        Raises:
            SetupError: If the run cannot go on in this way.
        """
        missing = [
            key for key in ('optimizer', 'message_hub')
            if key not in checkpoint
        ]
        missing += [
            key for key in ('epoch', 'iter') if key not in checkpoint['meta']
        ]
        if missing:
            raise SetupError(
                f'no run can go on from {runner._load_from}: it lacks '
                f'{", ".join(missing)}, as checkpoints named best_* and '
                f'published ones do. Give one named epoch_* or iter_*, or '
                f'{_ANEW}')
        for name, gradient in checkpoint.pop(GRADIENTS, {}).items():
            parameter = runner.model.get_parameter(name)
            parameter.grad = gradient.to(parameter)
        restore_hook_states(runner, checkpoint)
        self._use_seed(runner, checkpoint)
        moved = self._use_epoch_length(runner, checkpoint)
        changes = self._changes(runner, checkpoint)
        self._check_optimizer(runner, checkpoint)
        if moved or asks_for_other_schedule(runner, checkpoint):
            changes.append(follow_new_schedule(runner, checkpoint))
        if changes:
            print_log(
                'the config has changed since the checkpoint was written, the '
                f'run goes on as it says now: {shortened(changes, 12)}',
                logger='current',
                level=logging.WARNING)

    @staticmethod
    def _use_seed(runner: Runner, checkpoint: dict) -> None:
        asked = runner._randomness_cfg.get('seed')
        if asked is not None and asked != checkpoint['meta'].get('seed'):
            checkpoint['meta']['seed'] = asked
            checkpoint['message_hub']['runtime_info'][SEED] = asked

    @staticmethod
    def _use_epoch_length(runner: Runner, checkpoint: dict) -> bool:
        """Count iterations as the loader does now; whether that is other."""
        meta, now = checkpoint['meta'], len(runner.train_dataloader)
        info = checkpoint['message_hub']['runtime_info']
        epoch, iteration = meta['epoch'], meta['iter']
        before = info.get(EPOCH_LENGTH)
        if before is None:
            before = iteration // epoch if epoch else now
        if not isinstance(runner.train_loop,
                          EpochBasedTrainLoop) or before == now:
            return False
        done = iteration - epoch * before
        if done not in (0, before):
            raise SetupError(
                f'the checkpoint is of the middle of an epoch, iteration '
                f'{done} of {before}, but an epoch has {now} iterations now: '
                'which images it has seen cannot be told. Give one of the end '
                'of an epoch, or the same batch size, number of processes and '
                'training data')
        meta['iter'] = epoch * now + (now if done else 0)
        if info.get(VALIDATED) == iteration:
            info[VALIDATED] = meta['iter']
        return True

    @staticmethod
    def _changes(runner: Runner, checkpoint: dict) -> List[str]:
        try:
            before = read_config(checkpoint['meta'].get('cfg', ''))
            now = read_config(runner.cfg.pretty_text)
        except CheckpointError:
            return []
        if not before:
            return []
        kinds = [
            config.get('optim_wrapper', {}).get('optimizer', {}).get('type')
            for config in (before, now)
        ]
        if kinds[0] != kinds[1]:
            raise SetupError(
                f'the optimizer was {kinds[0]} and is {kinds[1]} now, whose '
                'states are others: correct optim_wrapper.optimizer.type, or '
                f'{_ANEW}')
        return config_changes(before, now, _WHERE)

    @staticmethod
    def _check_optimizer(runner: Runner, checkpoint: dict) -> None:
        groups = checkpoint['optimizer'].get('param_groups')
        if groups is None:
            return
        sizes = [[len(group['params']) for group in some]
                 for some in (groups,
                              runner.optim_wrapper.optimizer.param_groups)]
        if len(sizes[0]) != len(sizes[1]) or (sizes[0] != sizes[1]
                                              and not _is_sharded(runner)):
            raise SetupError(
                'the optimizer has parameters in other groups than that of '
                'the checkpoint: correct optim_wrapper.paramwise_cfg and what '
                f'is frozen in the model, or {_ANEW}')


def _is_sharded(runner: Runner) -> bool:
    """Whether processes have other parameters than checkpoints."""
    return hasattr(runner, 'strategy')
