# Copyright (c) mmhoi contributors.
"""Whether effects have the sign and the order that others have published."""
from dataclasses import asdict, dataclass
from math import isnan, sqrt
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from .summary import Cell, Cells
from .table import Table

#: A difference of so many standard errors is told from noise.
NUM_ERRORS = 2.


@dataclass(frozen=True)
class Order:
    """How alike two orders of rows are.

    Attributes:
        setting (str): Name of the setting.
        boxes (str): Where the boxes of the published rows are from, or who
            gives the order.
        rows (list[str]): The rows that both have.
        tau (float | None): Kendall's tau, 1 for the same order, -1 for the
            opposite one; None if one of them has no order.
    """
    setting: str
    boxes: str
    rows: List[str]
    tau: Optional[float]


@dataclass(frozen=True)
class Effect:
    """The difference of two rows.

    Attributes:
        setting (str): Name of the setting.
        better (str): The row that is said to be better.
        worse (str): The other one.
        gain (float): Mean of the first less that of the second.
        error (float | None): Standard error of the gain; None if a row has
            one seed.
        published (float | None): The published gain, of equal boxes.
    """
    setting: str
    better: str
    worse: str
    gain: float
    error: Optional[float]
    published: Optional[float]

    @property
    def verdict(self) -> str:
        """What the gain says of the effect."""
        if self.error is None:
            return 'not known: one seed'
        if abs(self.gain) <= NUM_ERRORS * self.error:
            return 'within noise'
        return 'shows' if self.gain > 0 else 'the opposite shows'


@dataclass(frozen=True)
class Trend:
    """Whether a difference grows from setting to setting.

    Attributes:
        claim (str): What is said of it.
        gains (dict[str, float]): The difference by setting.
        relative (dict[str, float]): The same in percent of the second row.
        tau (float | None): Kendall's tau of the differences with the order of
            the settings: 1 if they grow with each.
    """
    claim: str
    gains: Dict[str, float]
    relative: Dict[str, float]
    tau: Optional[float]


@dataclass(frozen=True)
class Agreement:
    """All of a table.

    Attributes:
        orders (list[Order]): Orders of rows.
        effects (list[Effect]): Differences that the table names.
        trend (Trend | None): The one that it says of a difference.
    """
    orders: List[Order]
    effects: List[Effect]
    trend: Optional[Trend]

    def as_dict(self) -> Dict[str, Any]:
        """For JSON."""
        effects = [
            dict(asdict(effect), verdict=effect.verdict)
            for effect in self.effects
        ]
        return dict(asdict(self), effects=effects)


def kendall_tau(first: Sequence[float],
                second: Sequence[float]) -> Optional[float]:
    """Kendall's tau of two rankings.

    Args:
        first (Sequence[float]): N values.
        second (Sequence[float]): N values of the same things.

    Returns:
        float | None: From -1 to 1; None with fewer than two values, or if all
        of one ranking are equal.

    Examples:
        >>> round(kendall_tau([1., 2., 3.], [10., 30., 20.]), 2)
        0.33
        >>> kendall_tau([1., 1.], [2., 3.]) is None
        True
    """
    # It takes a while to import.
    from scipy.stats import kendalltau
    if len(first) < 2:
        return None
    tau = float(kendalltau(first, second).statistic)
    return None if isnan(tau) else tau


def standard_error(first: Cell, second: Cell) -> Optional[float]:
    """Standard error of the difference of two means.

    Args:
        first (Cell): A metric of a row.
        second (Cell): The same of another one; its seeds are independent.

    Returns:
        float | None: None if one of them has a single seed.

    Examples:
        >>> standard_error(Cell((1., 3.)), Cell((1., 3.)))
        1.4142135623730951
    """
    if first.std is None or second.std is None:
        return None
    return sqrt(first.std**2 / len(first.values) +
                second.std**2 / len(second.values))


def agree(table: Table, cells: Cells) -> Agreement:
    """Compare results with what was published.

    Args:
        table (Table): The table.
        cells (dict): Its results, of :func:`summarize`.

    Returns:
        Agreement: For the main metric of the table. Published rows of
        different boxes are not compared.
    """
    ours = {
        place: metrics[table.main]
        for place, metrics in cells.items() if table.main in metrics
    }
    return Agreement(
        list(_orders(table, ours)), list(_effects(table, ours)),
        _trend(table, ours))


def _orders(table: Table, ours: Dict[Tuple[str, str],
                                     Cell]) -> Iterator[Order]:
    for setting in table.settings:
        groups = _published(table, setting.name)
        if table.order is not None:
            names, source = table.order
            groups[source] = {name: i for i, name in enumerate(names)}
        for boxes, theirs in groups.items():
            rows = [name for name in theirs if (setting.name, name) in ours]
            if len(rows) < 2:
                continue
            tau = kendall_tau([ours[setting.name, name].mean for name in rows],
                              [theirs[name] for name in rows])
            yield Order(setting.name, boxes, rows, tau)


def _published(table: Table, setting: str) -> Dict[str, Dict[str, float]]:
    """Published values of the main metric by boxes and row."""
    groups: Dict[str, Dict[str, float]] = {}
    for row in table.rows:
        for figures in row.published.get(setting, []):
            if figures.boxes is not None and table.main in figures.metrics:
                groups.setdefault(figures.boxes,
                                  {})[row.name] = figures.metrics[table.main]
    return groups


def _effects(table: Table, ours: Dict[Tuple[str, str],
                                      Cell]) -> Iterator[Effect]:
    for setting in table.settings:
        groups = _published(table, setting.name).values()
        for better, worse in table.effects:
            cells = [
                ours.get((setting.name, name)) for name in (better, worse)
            ]
            if None in cells:
                continue
            first, second = cells
            published = next(
                (group[better] - group[worse]
                 for group in groups if {better, worse} <= set(group)), None)
            yield Effect(setting.name, better, worse, first.mean - second.mean,
                         standard_error(first, second), published)


def _trend(table: Table, ours: Dict[Tuple[str, str], Cell]) -> Optional[Trend]:
    if table.trend is None:
        return None
    (first, second), claim = table.trend
    pairs = {
        setting.name: (ours[setting.name, first].mean, ours[setting.name,
                                                            second].mean)
        for setting in table.settings
        if {(setting.name, first), (setting.name, second)} <= set(ours)
    }
    gains = {name: one - other for name, (one, other) in pairs.items()}
    relative = {
        name: 100 * gains[name] / other
        for name, (_, other) in pairs.items() if other > 0
    }
    return Trend(claim, gains, relative,
                 kendall_tau(range(len(gains)), list(gains.values())))
