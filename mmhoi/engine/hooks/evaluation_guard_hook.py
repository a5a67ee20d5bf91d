# Copyright (c) mmhoi contributors.
import logging
import os.path as osp
from functools import partial
from typing import Any, Callable, Dict, Optional

from mmengine.evaluator import Evaluator
from mmengine.hooks import CheckpointHook, Hook
from mmengine.logging import print_log
from mmengine.runner import BaseLoop, Runner

from mmhoi.evaluation.evaluator import HOIEvaluator
from mmhoi.evaluation.metrics import HOIMetric
from mmhoi.evaluation.test_set_check import NothingToEvaluateError
from mmhoi.registry import HOOKS
from mmhoi.utils.setup_error import SetupError


@HOOKS.register_module()
class EvaluationGuardHook(Hook):
    """No result is lost by an evaluation that cannot be done.

    What a metric can know before the first image it refuses then, in training
    before the first step: a file that cannot be written, a data set that
    cannot be evaluated, a `save_best` that no metric gives. A metric that
    fails later spares the others; when their results are logged and written,
    the run ends with the error. If validation ends a training, the weights
    are saved before.
    """

    # After LoggerHook, before CheckpointHook looks for its measure.
    priority = 80

    def before_train(self, runner: Runner) -> None:
        """Check the validation that training will come to.

        Args:
            runner (Runner): The runner of the training process.

        Raises:
            SetupError: If something would fail at its end.
        """
        loop = runner.val_loop
        if loop is None:
            return
        try:
            self._guard(loop)
        except NothingToEvaluateError as error:
            # Training is worth its time without.
            print_log(str(error), logger='current', level=logging.WARNING)
        for hook in runner.hooks:
            if isinstance(hook, CheckpointHook):
                _check_save_best(hook, loop.evaluator)
        loop.run = partial(_run_or_save, runner, loop.run)

    def before_val(self, runner: Runner) -> None:
        """Check the data set, if training has not.

        Args:
            runner (Runner): The runner of the validation process.
        """
        self._guard(runner.val_loop)

    def before_test(self, runner: Runner) -> None:
        """Check the data set.

        Args:
            runner (Runner): The runner of the testing process.
        """
        self._guard(runner.test_loop)

    def after_val_epoch(self,
                        runner: Runner,
                        metrics: Optional[Dict[str, float]] = None) -> None:
        """End the run if a metric has failed.

        Args:
            runner (Runner): The runner of the validation process.
            metrics (dict, optional): Results of the other metrics.
        """
        _end_if_failed(runner.val_loop)

    def after_test_epoch(self,
                         runner: Runner,
                         metrics: Optional[Dict[str, float]] = None) -> None:
        """End the run if a metric has failed.

        Args:
            runner (Runner): The runner of the testing process.
            metrics (dict, optional): Results of the other metrics.
        """
        _end_if_failed(runner.test_loop)

    @staticmethod
    def _guard(loop: BaseLoop) -> None:
        """Give a loop the evaluator that goes on, and show it the data."""
        # Another class is the user's own.
        if type(getattr(loop, 'evaluator', None)) is Evaluator:
            meta = loop.evaluator.dataset_meta
            loop.evaluator = HOIEvaluator(loop.evaluator.metrics)
            loop.evaluator.dataset_meta = meta
            loop.evaluator.see_dataset(loop.dataloader.dataset)


def _end_if_failed(loop: BaseLoop) -> None:
    if isinstance(loop.evaluator, HOIEvaluator):
        loop.evaluator.raise_failure()


def _check_save_best(hook: CheckpointHook, evaluator: Evaluator) -> None:
    """Refuse a measure that only the end of the first epoch would miss."""
    known = []
    for metric in evaluator.metrics:
        names = metric.measures() if isinstance(metric, HOIMetric) else ()
        if not names:
            return
        known += [f'{metric.prefix}/{name}' for name in names]
    for key in hook.save_best and hook.key_indicators or ():
        if key != 'auto' and key not in known:
            raise SetupError(
                f'no metric gives "{key}", by which the best checkpoint is '
                'chosen (config key `default_hooks.checkpoint.save_best`); '
                f'allowed: {", ".join(known)}')


def _run_or_save(runner: Runner, run: Callable) -> Any:
    """Run a validation; save the weights before its error ends all."""
    try:
        return run()
    except Exception:
        for hook in runner.hooks:
            if isinstance(hook, CheckpointHook):
                _save(runner, hook)
        raise


def _save(runner: Runner, hook: CheckpointHook) -> None:
    """Save the weights of now, unless they are."""
    step = runner.epoch if hook.by_epoch else runner.iter
    path = osp.join(hook.out_dir, hook.filename_tmpl.format(step))
    # Not any file of this name: it may be of an earlier run.
    if path == getattr(hook, 'last_ckpt', None) and osp.exists(path):
        return
    try:
        hook._save_checkpoint_with_step(
            runner, step, meta=dict(epoch=runner.epoch, iter=runner.iter))
        text = f'the weights are saved in {path}; --resume goes on from there'
    except Exception as error:
        # The error of the validation is the one to show.
        text = f'the weights could not be saved in {path} ({error})'
    print_log(
        f'validation failed; {text}', logger='current', level=logging.ERROR)
