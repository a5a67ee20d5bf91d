# Copyright (c) mmhoi contributors.
"""What was compared, and how far it was off."""
import math
from dataclasses import dataclass
from typing import Any, Dict

import torch
from torch import Tensor


@dataclass
class Comparison:
    """The worst difference of what was compared under one name.

    Attributes:
        count (int): Number of values.
        worst (float): Largest difference.
        tolerance (float): Largest difference that is accepted.
        unit (str): `abs`, `rel` or `equal` (number of unequal values).
    """
    count: int
    worst: float
    tolerance: float
    unit: str

    @property
    def ok(self) -> bool:
        """bool: Whether the difference is accepted; not if it is NaN."""
        return self.worst <= self.tolerance


class Report:
    """Comparisons of one golden file.

    Attributes:
        rows (dict[str, Comparison]): What was compared.
        failures (dict[str, str]): What could not be compared, and why. Each
            makes the check fail.
        notes (dict[str, str]): What need not be compared, and why.

    Examples:
        >>> report = Report()
        >>> report.near('boxes', torch.ones(2), torch.ones(2), 1e-5)
        >>> report.ok
        True
        >>> report.near('boxes', torch.ones(2), torch.zeros(2), 1e-5)
        >>> report.ok, report.rows['boxes'].worst
        (False, 1.0)
    """

    def __init__(self) -> None:
        self.rows: Dict[str, Comparison] = {}
        self.failures: Dict[str, str] = {}
        self.notes: Dict[str, str] = {}

    @property
    def ok(self) -> bool:
        """bool: Whether all was compared and is within its tolerance."""
        return bool(self.rows) and not self.failures and all(
            row.ok for row in self.rows.values())

    def near(self,
             name: str,
             ours: Any,
             theirs: Any,
             tolerance: float,
             relative: bool = False) -> None:
        """Compare numbers; a name that was there before keeps the worst.

        Args:
            name (str): Row of the table.
            ours (Tensor | float): Our values.
            theirs (Tensor | float): Official values, of the same shape.
            tolerance (float): Largest difference that is accepted.
            relative (bool): Whether differences are divided by the norm of
                the official values. Defaults to False: the largest absolute
                one counts.
        """
        # As float64 from the start: a float alone would become float32.
        ours = torch.as_tensor(ours, dtype=torch.float64).detach()
        theirs = torch.as_tensor(theirs, dtype=torch.float64).detach()
        if not self._same_shape(name, ours, theirs):
            return
        difference = ours - theirs
        worst = 0.0
        if difference.numel() and relative:
            # Two zeros are equal.
            scale = theirs.norm().clamp(min=1e-12)
            worst = (difference.norm() / scale).item()
        elif difference.numel():
            worst = difference.abs().max().item()
        unit = 'rel' if relative else 'abs'
        self._add(name, Comparison(ours.numel(), worst, tolerance, unit))

    def equal(self, name: str, ours: Any, theirs: Any) -> None:
        """Compare whole numbers or flags.

        Args:
            name (str): Row of the table.
            ours (Tensor | array-like): Our values.
            theirs (Tensor | array-like): Official values.
        """
        ours, theirs = torch.as_tensor(ours), torch.as_tensor(theirs)
        if self._same_shape(name, ours, theirs):
            unequal = float((ours != theirs).sum().item())
            self._add(name, Comparison(ours.numel(), unequal, 0.0, 'equal'))

    def same_set(self, name: str, ours: Any, theirs: Any) -> None:
        """Compare sets.

        Args:
            name (str): Row of the table.
            ours (Iterable): Our elements.
            theirs (Iterable): Official elements.
        """
        ours, theirs = set(ours), set(theirs)
        self._add(
            name,
            Comparison(
                len(ours | theirs), float(len(ours ^ theirs)), 0.0, 'equal'))

    def not_compared(self, name: str, reason: str) -> None:
        """State that something could not be compared: the check fails."""
        self.failures[name] = reason

    def note(self, name: str, reason: str) -> None:
        """State why something need not be compared."""
        self.notes[name] = reason

    def table(self, only_failures: bool = False) -> str:
        """Text of all comparisons, one a line, then what was left out.

        Args:
            only_failures (bool): Whether to leave out all that is well.
                Defaults to False.

        Returns:
            str: Lines.
        """
        width = max((len(name) for name in self.rows), default=8)
        lines = [f'{"compared":{width}}  values    worst      tolerance']
        for name, row in self.rows.items():
            if row.ok and only_failures:
                continue
            verdict = '' if row.ok else '  <-- OUT OF TOLERANCE'
            lines.append(f'{name:{width}}  {row.count:<8}  {row.worst:<9.2e}  '
                         f'{row.tolerance:.0e} {row.unit}{verdict}')
        if not only_failures:
            lines += [f'left out: {k}: {v}' for k, v in self.notes.items()]
        lines += [f'NOT COMPARED: {k}: {v}' for k, v in self.failures.items()]
        return '\n'.join(lines)

    def _same_shape(self, name: str, ours: Tensor, theirs: Tensor) -> bool:
        if ours.shape == theirs.shape:
            return True
        self.not_compared(
            name, f'ours has the shape {tuple(ours.shape)}, the file '
            f'{tuple(theirs.shape)}')
        return False

    def _add(self, name: str, new: Comparison) -> None:
        old = self.rows.get(name)
        if old is None:
            self.rows[name] = new
            return
        old.count += new.count
        # A difference that is no number is the worst one.
        if new.worst > old.worst or math.isnan(new.worst):
            old.worst = new.worst
