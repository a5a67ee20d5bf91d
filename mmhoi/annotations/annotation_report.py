# Copyright (c) mmhoi contributors.
from collections import defaultdict
from typing import Dict, List


class AnnotationReport:
    """Counts what is wrong with an annotation file, for one summed-up text.

    Args:
        max_examples (int): How many places to name per kind of problem.
            Defaults to 3.

    Examples:
        >>> report = AnnotationReport()
        >>> report.add('empty box', 'a.jpg annotations[2]')
        >>> report.add('empty box', 'b.jpg annotations[0]')
        >>> report.summary()
        '2 x empty box (a.jpg annotations[2]; b.jpg annotations[0])'
    """

    def __init__(self, max_examples: int = 3) -> None:
        self.max_examples = max_examples
        self.counts: Dict[str, int] = defaultdict(int)
        self.examples: Dict[str, List[str]] = defaultdict(list)

    def __bool__(self) -> bool:
        return bool(self.counts)

    def add(self, problem: str, place: str) -> None:
        """Count one problem.

        Args:
            problem (str): Kind of problem, the same text for each of a kind.
            place (str): Where it is: file name and index.
        """
        self.counts[problem] += 1
        if len(self.examples[problem]) < self.max_examples:
            self.examples[problem].append(place)

    def summary(self) -> str:
        """One line with the count and the first places of each kind."""
        parts = []
        for problem, count in self.counts.items():
            places = '; '.join(self.examples[problem])
            more = '; ...' if count > len(self.examples[problem]) else ''
            parts.append(f'{count} x {problem} ({places}{more})')
        return ', '.join(parts)
