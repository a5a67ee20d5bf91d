# Copyright (c) mmhoi contributors.
"""What is said when numbers of a training become NaN or infinite."""
from contextlib import contextmanager
from typing import Iterator

import torch
from mmengine.runner import Runner

from mmhoi.checkpoints.run_folder import RunFolder

# What SciPy says of the costs of a matching.
_MATCHING = ('invalid numeric entries', 'cost matrix is infeasible')


def divergence(runner: Runner,
               what: str,
               values: str = '') -> FloatingPointError:
    """The error that ends a training whose numbers are not finite.

    Args:
        runner (Runner): The runner of the training process.
        what (str): What is wrong, such as `loss is not finite`.
        values (str): Names and values that show it. Defaults to none.

    Returns:
        FloatingPointError: It names the iteration and the last checkpoint.
    """
    last = RunFolder.of_runner(runner).latest()
    return FloatingPointError(
        f'{what} in epoch {runner.epoch + 1}, iteration {runner.iter + 1}'
        f'{": " if values else ""}{values}. Last good checkpoint: '
        f'{last or "none yet"}. Try a lower learning rate '
        '(optim_wrapper.optimizer.lr), stronger clipping '
        '(optim_wrapper.clip_grad.max_norm) or training without --amp.')


@contextmanager
def explained_divergence(runner: Runner) -> Iterator[None]:
    """Translate what a step of training ends with if numbers are not finite.

    Args:
        runner (Runner): The runner of the training process.

    Raises:
        FloatingPointError: Instead of any error in the `with` statement that
            comes from NaN or infinite numbers. See `divergence`.
    """
    try:
        yield
    except (AssertionError, IndexError, RuntimeError, ValueError) as error:
        if any(text in str(error) for text in _MATCHING):
            what = 'the costs of the matching are not finite'
        elif not all(
                torch.isfinite(p).all() for p in runner.model.parameters()):
            what = 'weights are not finite'
        else:
            raise
        raise divergence(runner, what, _losses_before(runner)) from error


def _losses_before(runner: Runner) -> str:
    scalars = runner.message_hub.log_scalars
    losses = [
        f'{name[len("train/"):]} = {scalars[name].current():g}'
        for name in scalars if name.startswith('train/')
        and 'loss' in name.rpartition('.')[2] and scalars[name].data[1].size
    ]
    if not losses:
        return ''
    return f'losses of the iteration before: {", ".join(losses)}'
