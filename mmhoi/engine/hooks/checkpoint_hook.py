# Copyright (c) mmhoi contributors.
import uuid
from collections import deque
from pathlib import Path
from typing import List, Optional, Sequence

from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook as BaseCheckpointHook
from mmengine.runner import Runner

from mmhoi.checkpoints.run_folder import RUN_ID, RunFolder
from mmhoi.registry import HOOKS
from mmhoi.utils.setup_error import SetupError
from ..hook_states import save_hook_states

#: Where a checkpoint has gradients.
GRADIENTS = 'gradients'


@HOOKS.register_module()
class CheckpointHook(BaseCheckpointHook):
    """mmengine's hook, which touches no file of another run.

    mmengine deletes what a checkpoint names, by paths of the place where that
    was written. This one deletes files in the folder of its run that the run
    has written, and only after what replaces them is complete. A checkpoint
    of another run whose name is needed is renamed.

    Arguments are those of mmengine's hook.
    """

    def before_train(self, runner: Runner) -> None:
        """Find out which files are the run's own.

        Args:
            runner (Runner): The runner of the training process.
        """
        self.folder = RunFolder.of_config(
            dict(default_hooks=dict(checkpoint=dict(out_dir=self.out_dir))),
            runner.work_dir)
        # Only the first process writes, and keeps the books.
        self.run_id = self._name_run(runner)
        self._forget_other_runs(runner.message_hub)
        if is_main_process():
            self.folder.clear_drafts()
        super().before_train(runner)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Add states of hooks, and gradients that wait for more.

        The latter, see `accumulative_counts`, of one process only: several
        have sums of their own.

        Args:
            runner (Runner): The runner of the training process.
            checkpoint (dict): The checkpoint; it is changed.
        """
        wrapper = runner.optim_wrapper
        counts = getattr(wrapper, '_accumulative_counts', 1)
        if 'optimizer' in checkpoint or hasattr(runner, 'strategy'):
            save_hook_states(runner, checkpoint)
        if ('optimizer' in checkpoint and runner.world_size == 1
                and wrapper._inner_count % counts):
            checkpoint[GRADIENTS] = {
                name: parameter.grad.cpu()
                for name, parameter in runner.model.named_parameters()
                if parameter.grad is not None
            }

    def _name_run(self, runner: Runner) -> str:
        """Name of the run, a new one unless a run of this folder goes on."""
        hub = runner.message_hub
        run_id = hub.runtime_info.get(RUN_ID)
        came_from = runner._load_from
        goes_on = (
            runner._resume and came_from is not None
            and self.folder.holds(came_from))
        if run_id is None or not goes_on:
            run_id = uuid.uuid4().hex
        hub.update_info(RUN_ID, run_id)
        return run_id

    def _forget_other_runs(self, hub) -> None:
        """Keep of the books what is in the folder, and the run's own."""
        info = hub.runtime_info
        kept = [
            step for step in info.get('keep_ckpt_ids', [])
            if self._is_own(self.filename_tmpl.format(step))
        ]
        info.pop('keep_ckpt_ids', None)
        if kept:
            hub.update_info('keep_ckpt_ids', kept)
        for key in [key for key in info if key.startswith('best_ckpt')]:
            if info[key] is not None and self._is_own(info[key]):
                hub.update_info(key, str(self.folder.here(info[key])))
            else:
                # The best one of this folder is yet to come.
                info.pop(key)
                info.pop(key.replace('best_ckpt', 'best_score', 1), None)

    def _is_own(self, name: str) -> bool:
        return self.folder.run_of(self.folder.here(name)) == self.run_id

    def _save_checkpoint_with_step(self, runner: Runner, step: int,
                                   meta: dict) -> None:
        """Write a checkpoint, then delete those that are too many."""
        outdated = []
        if self.max_keep_ckpts > 0 and step not in self.keep_ckpt_ids:
            steps = [*self.keep_ckpt_ids, step]
            outdated = steps[:-self.max_keep_ckpts]
            # mmengine deletes none if the step is in the list already.
            self.keep_ckpt_ids = deque(steps[-self.max_keep_ckpts:],
                                       self.max_keep_ckpts)
            runner.message_hub.update_info('keep_ckpt_ids',
                                           list(self.keep_ckpt_ids))
        self._make_room(self.filename_tmpl.format(step))
        super()._save_checkpoint_with_step(runner, step, meta)
        if is_main_process():
            self.folder.write_note(self.last_ckpt)
        for old in outdated:
            self._remove(self.filename_tmpl.format(old))

    def _save_best_checkpoint(self, runner: Runner, metrics: dict) -> None:
        """Write the best checkpoint, then delete the one before."""
        if not self.save_best:
            return
        if 'auto' in self.key_indicators:
            self._init_rule(self.rules, [next(iter(metrics))])
        for key in self.key_indicators:
            if metrics and key not in metrics:
                raise SetupError(
                    f'default_hooks.checkpoint.save_best="{key}" is none of '
                    f'the metrics {", ".join(metrics)}; correct it and go on '
                    'with --resume')
        before = self._best_paths()
        step = runner.epoch if self.by_epoch else runner.iter
        for key in self._improved(runner.message_hub.runtime_info, metrics):
            name = f'best_{key}_{self.filename_tmpl.format(step)}'
            self._make_room(name.replace('/', '_'))
        # mmengine deletes what it finds here before it writes.
        self._set_best_paths([None] * len(before))
        super()._save_best_checkpoint(runner, metrics)
        after = self._best_paths()
        self._set_best_paths([new or old for old, new in zip(before, after)])
        for old, new in zip(before, after):
            if old is not None and new not in (None, old):
                self._remove(old)

    def _improved(self, info: dict, metrics: dict) -> List[str]:
        """The metrics that are better than ever."""
        several = len(self.key_indicators) > 1
        improved = []
        for key, rule in zip(self.key_indicators, self.rules):
            best = info.get(f'best_score_{key}' if several else 'best_score',
                            self.init_value_map[rule])
            if metrics[key] is not None and self.is_better_than[key](
                    metrics[key], best):
                improved.append(key)
        return improved

    def _best_paths(self) -> List[Optional[str]]:
        """The best checkpoint by each metric."""
        if len(self.key_indicators) == 1:
            return [self.best_ckpt_path]
        return [self.best_ckpt_path_dict.get(k) for k in self.key_indicators]

    def _set_best_paths(self, paths: Sequence[Optional[str]]) -> None:
        if len(self.key_indicators) == 1:
            self.best_ckpt_path, = paths
        else:
            self.best_ckpt_path_dict = dict(zip(self.key_indicators, paths))

    def _make_room(self, name: str) -> None:
        if is_main_process():
            self.folder.set_aside(self.folder.here(name), self.run_id)

    def _remove(self, name: str) -> None:
        if is_main_process():
            path: Path = self.folder.here(name)
            # FSDP with sharded states has a folder instead.
            if self.file_backend.isdir(str(path)):
                self.file_backend.rmtree(str(path))
            elif path.is_file():
                path.unlink()
