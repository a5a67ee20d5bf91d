# Copyright (c) mmhoi contributors.
"""Mean and standard deviation over seeds."""
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any, Dict, List, Optional, Sequence, Tuple

#: Results are those of the last step: the best one is chosen on test images.
STEP = 'last'


@dataclass(frozen=True)
class Cell:
    """A metric of a row in a setting.

    Attributes:
        values (tuple[float]): One for each seed.
    """
    values: Tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over seeds."""
        return mean(self.values)

    @property
    def std(self) -> Optional[float]:
        """Standard deviation of the seeds (n - 1); None of one seed."""
        return stdev(self.values) if len(self.values) > 1 else None

    def __str__(self) -> str:
        if self.std is None:
            return f'{self.mean:.2f}'
        return f'{self.mean:.2f} ± {self.std:.2f}'


#: By setting, row and metric.
Cells = Dict[Tuple[str, str], Dict[str, Cell]]


def summarize(records: Sequence[Dict[str, Any]]) -> Cells:
    """Gather results of one table.

    Args:
        records (Sequence[dict]): Its results, of any seeds.

    Returns:
        dict: By setting and row, then by metric, the cells.

    Examples:
        >>> run = dict(setting='uo', row='vcl')
        >>> records = [dict(run, metrics=dict(last={'step': 4, 'm/a': x}))
        ...            for x in (1., 3.)]
        >>> str(summarize(records)['uo', 'vcl']['m/a'])
        '2.00 ± 1.41'
    """
    values: Dict[Tuple[str, str], Dict[str, List[float]]] = {}
    for record in records:
        cell = values.setdefault((record['setting'], record['row']), {})
        for key, value in record['metrics'][STEP].items():
            if key != 'step':
                cell.setdefault(key, []).append(value)
    return {
        place: {
            key: Cell(tuple(v))
            for key, v in metrics.items()
        }
        for place, metrics in values.items()
    }


def num_seeds(metrics: Dict[str, Cell]) -> int:
    """How many seeds the metrics of a cell have."""
    return max((len(cell.values) for cell in metrics.values()), default=0)
