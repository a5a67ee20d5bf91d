# Copyright (c) mmhoi contributors.
"""Metrics that a training has left in its folder."""
from pathlib import Path
from typing import Dict

from mmhoi.utils.text_files import TextFileError, parse_json, read_json


def read_metrics(work_dir: Path, main: str) -> Dict[int, Dict[str, float]]:
    """Metrics of all validations of a run, however often it was resumed.

    Args:
        work_dir (Path): Folder of the run.
        main (str): Name of a metric that each validation gives.

    Returns:
        dict[int, dict[str, float]]: Metrics by step, an epoch or an iteration;
        of a step that was made again, the later ones.
    """
    found: Dict[int, Dict[str, float]] = {}
    # Folders are called after the time at which the run began or went on.
    for path in sorted(work_dir.glob('*/vis_data/scalars.json')):
        for line in path.read_bytes().splitlines():
            try:
                record = parse_json(line)
            except TextFileError:
                # In the middle of which the run was killed.
                continue
            if isinstance(record, dict) and {main, 'step'} <= set(record):
                found[int(record['step'])] = {
                    key: value
                    for key, value in record.items() if '/' in key
                }
    return found


def read_test_metrics(work_dir: Path) -> Dict[str, float]:
    """Metrics of the last test in a folder.

    Args:
        work_dir (Path): Folder of the run.

    Returns:
        dict[str, float]: Empty if no test has come to its end.
    """
    files = [
        path for path in sorted(work_dir.glob('*/*.json'))
        if path.stem == path.parent.name
    ]
    found = read_json(files[-1]) if files else {}
    return {key: value for key, value in found.items() if '/' in key}


def last_and_best(metrics: Dict[int, Dict[str, float]],
                  main: str) -> Dict[str, Dict[str, float]]:
    """The metrics of two steps.

    Args:
        metrics (dict): Metrics by step, of :func:`read_metrics`; not empty.
        main (str): The metric by which the best step is chosen.

    Returns:
        dict: `last` and `best`, each with its `step`.

    Examples:
        >>> last_and_best({1: {'a/b': 3.}, 2: {'a/b': 2.}}, 'a/b')['best']
        {'step': 1, 'a/b': 3.0}
    """
    steps = dict(
        last=max(metrics), best=max(metrics, key=lambda s: metrics[s][main]))
    return {
        name: dict(step=step, **metrics[step])
        for name, step in steps.items()
    }
