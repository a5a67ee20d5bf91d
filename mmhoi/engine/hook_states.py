# Copyright (c) mmhoi contributors.
import logging
from typing import Any, Dict, Iterator, Tuple

from mmengine.hooks import EarlyStoppingHook, Hook
from mmengine.logging import print_log
from mmengine.runner import Runner

#: Where a checkpoint has the states of hooks.
HOOK_STATES = 'hook_states'

#: Hooks that keep a state in memory only: what the state is, and the settings
#: without which it has no meaning. Of the hooks of mmengine and mmdet others
#: have none, or keep it in the message hub or the model.
_STATES = {
    EarlyStoppingHook:
    (('best_score', 'wait_count'), ('monitor', 'rule', 'min_delta')),
}


def save_hook_states(runner: Runner, checkpoint: dict) -> None:
    """Let a checkpoint carry what hooks would forget.

    Args:
        runner (Runner): The runner of the training process.
        checkpoint (dict): The checkpoint; it is changed.
    """
    states = {
        name:
        dict(
            state={key: getattr(hook, key)
                   for key in keys},
            settings={key: getattr(hook, key)
                      for key in settings})
        for name, hook, keys, settings in _hooks_with_state(runner)
    }
    if states:
        checkpoint[HOOK_STATES] = states


def restore_hook_states(runner: Runner, checkpoint: dict) -> None:
    """Give hooks their states back, unless they do something else now.

    A line in the log names those that begin anew.

    Args:
        runner (Runner): The runner of the training process.
        checkpoint (dict): The checkpoint; the states are taken out.
    """
    states: Dict[str, Any] = checkpoint.pop(HOOK_STATES, {})
    for name, hook, _, settings in _hooks_with_state(runner):
        found = states.get(name)
        if found is not None and found['settings'] == {
                key: getattr(hook, key)
                for key in settings
        }:
            for key, value in found['state'].items():
                setattr(hook, key, value)
            continue
        why = ('the checkpoint has no state of it' if found is None else
               f'one of its settings {", ".join(settings)} has changed')
        print_log(
            f'{name} begins anew: {why}',
            logger='current',
            level=logging.WARNING)


def _hooks_with_state(
        runner: Runner) -> Iterator[Tuple[str, Hook, tuple, tuple]]:
    """Name, hook, keys of its state and of its settings."""
    counts: Dict[str, int] = {}
    for hook in runner.hooks:
        for kind, (keys, settings) in _STATES.items():
            if isinstance(hook, kind):
                name = type(hook).__name__
                counts[name] = counts.get(name, 0) + 1
                if counts[name] > 1:
                    name = f'{name} {counts[name]}'
                yield name, hook, keys, settings
