# Copyright (c) mmhoi contributors.
"""Schedules of learning rates when a run goes on with another config."""
import warnings
from typing import Any, Dict, List

from mmengine.runner import EpochBasedTrainLoop, Runner
from mmengine.utils import apply_to

from mmhoi.utils.setup_error import SetupError

#: What of a scheduler's state tells how far it is, not what it does.
_PROGRESS = {
    'last_step', '_global_step', '_last_value', 'verbose', 'best',
    'num_bad_epochs', 'cooldown_counter', 'optimizer'
}


def asks_for_other_schedule(runner: Runner, checkpoint: Dict) -> bool:
    """Whether optimizer or schedules of the config differ from the state's.

    Args:
        runner (Runner): The runner with optimizer and schedules as built.
        checkpoint (dict): The checkpoint that is about to be restored.

    Returns:
        bool: Whether settings of the optimizer (learning rate, weight decay,
        ...) or of schedules (ends, milestones, ...) are others.
    """
    before = [_settings(state) for state in _states(checkpoint)]
    now = [_settings(vars(s)) for s in _schedulers(runner)]
    if before != now:
        return True
    old_groups = checkpoint['optimizer'].get('param_groups', [])
    return any(
        _initial(old, key) != _initial(new, key)
        for old, new in zip(old_groups, runner.optim_wrapper.param_groups)
        for key in _keys(new) if key in old)


def follow_new_schedule(runner: Runner, checkpoint: Dict) -> str:
    """Let a run go on with optimizer settings and schedules of its config.

    They are brought to where the run is, as if they had been so from the
    beginning. The optimizer's states (momentum, ...) stay.

    Args:
        runner (Runner): The runner with optimizer and schedules as built.
        checkpoint (dict): The checkpoint that is about to be restored; it is
            changed.

    Returns:
        str: What happens to the learning rate, for the log.

    Raises:
        SetupError: If a schedule depends on results, which are gone.
    """
    schedulers = _schedulers(runner)
    if any(hasattr(s, 'num_bad_epochs') for s in schedulers):
        raise SetupError(
            'ReduceOnPlateau schedules follow the results of the run so far '
            'and cannot be changed: keep param_scheduler, the learning rate '
            'and the number of iterations of an epoch, or begin a new run '
            'with --cfg-options load_from=CHECKPOINT, without --resume')
    with warnings.catch_warnings():
        # They miss the steps of the optimizer.
        warnings.simplefilter('ignore')
        _advance(runner, schedulers, checkpoint['meta'])
    if runner.param_schedulers is not None:
        checkpoint['param_schedulers'] = apply_to(
            runner.param_schedulers, lambda s: hasattr(s, 'state_dict'),
            lambda s: s.state_dict())
    old_groups = checkpoint['optimizer'].get('param_groups', [])
    now = runner.optim_wrapper.param_groups
    rates = f'{now[0]["lr"]:.4g}'
    if old_groups:
        rates += f' instead of {old_groups[0]["lr"]:.4g}'
    for old, new in zip(old_groups, now):
        params = old['params']
        old.clear()
        old.update(new, params=params)
    # The wrapper logs the learning rate without factors of parameters.
    base = getattr(runner.optim_wrapper, 'base_param_settings', None)
    if base is not None:
        checkpoint['optimizer']['base_param_settings'] = dict(base)
    return ('learning rate and param_scheduler are those of the config, as if '
            f'from the beginning (lr {rates})')


def _advance(runner: Runner, schedulers: List, meta: Dict) -> None:
    """Step in the order of mmengine's ParamSchedulerHook."""
    by_epoch = [s for s in schedulers if s.by_epoch]
    by_iter = [s for s in schedulers if not s.by_epoch]
    epochs, length = 0, 0
    if isinstance(runner.train_loop, EpochBasedTrainLoop):
        epochs, length = meta['epoch'], len(runner.train_dataloader)
    for number in range(meta['iter']):
        for scheduler in by_iter:
            scheduler.step()
        if epochs and (number + 1) % length == 0 and number < epochs * length:
            for scheduler in by_epoch:
                scheduler.step()


def _schedulers(runner: Runner) -> List:
    schedulers = runner.param_schedulers or []
    return schedulers if isinstance(schedulers, list) else [
        s for part in schedulers.values() for s in part
    ]


def _states(checkpoint: Dict) -> List[Dict]:
    states = checkpoint.get('param_schedulers') or []
    return states if isinstance(
        states, list) else [s for part in states.values() for s in part]


def _settings(state: Dict) -> Dict:
    return {key: value for key, value in state.items() if key not in _PROGRESS}


def _keys(group: Dict) -> List[str]:
    return [
        key for key in group
        if key != 'params' and not key.startswith('initial_')
    ]


def _initial(group: Dict, key: str) -> Any:
    """A setting before schedules changed it."""
    value = group.get(f'initial_{key}', group[key])
    return tuple(value) if isinstance(value, list) else value
