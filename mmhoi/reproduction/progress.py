# Copyright (c) mmhoi contributors.
"""How far runs are, in words."""
import re
from pathlib import Path
from typing import Sequence

#: A line of mmengine's log with place and time that is left.
_STEP = re.compile(rb'((?:Epoch|Iter)\(train\) +(?:\[[ \d/]+\])+).*? '
                   rb'eta: ((?:\d+ days?, )?[\d:]+)')
#: So much of the end of a log is read.
_NUM_BYTES = 1 << 16


def step_text(log: Path) -> str:
    """Where a training is.

    Args:
        log (Path): Its log.

    Returns:
        str: Its last step and how long it thinks that it takes still.
    """
    with log.open('rb') as file:
        file.seek(max(log.stat().st_size - _NUM_BYTES, 0))
        found = _STEP.findall(file.read())
    if not found:
        return 'begins'
    step, left = (part.decode('ascii') for part in found[-1])
    return f'{step}, {left} left'


def remaining_text(times: Sequence[float], num_left: int, num_running: int,
                   num_places: int) -> str:
    """How long all runs may take still.

    Args:
        times (Sequence[float]): Seconds that others took.
        num_left (int): Runs that have not begun.
        num_running (int): Runs that have.
        num_places (int): How many run at the same time.

    Returns:
        str: The number of runs and, if others have ended, the time.

    Examples:
        >>> remaining_text([600., 660.], 3, 2, 2)
        '5 to go, about 21 min'
    """
    number = num_left + num_running
    text = f'{number} to go'
    if times and number:
        # Those that run are half done, about.
        rest = (num_left + num_running / 2) / num_places
        text += f', about {duration_text(rest * sum(times) / len(times))}'
    return text


def duration_text(seconds: float) -> str:
    """A time in words.

    Args:
        seconds (float): The time.

    Returns:
        str: The words.

    Examples:
        >>> duration_text(3.4), duration_text(600), duration_text(7500)
        ('3 s', '10 min', '2 h 5 min')
    """
    if seconds < 90:
        return f'{seconds:.0f} s'
    minutes = round(seconds / 60)
    if minutes < 90:
        return f'{minutes} min'
    return f'{minutes // 60} h {minutes % 60} min'
