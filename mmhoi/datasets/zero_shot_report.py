# Copyright (c) mmhoi contributors.
import logging
from collections import Counter
from typing import List

from mmengine.logging import print_log
from terminaltables import AsciiTable

from mmhoi.label_spaces import LabelSpace


class ZeroShotReport:
    """Counts what a zero-shot split takes out of a training set.

    Args:
        split (str): Name of the split.
        space (LabelSpace): Tables of the data set, H HOIs.

    Attributes:
        counts (Counter): Of `images` (with at least one pair), `pairs` and
            `labels` (HOIs of the pairs): how many there are, and under
            `remaining images`, ... how many remain.
    """

    def __init__(self, split: str, space: LabelSpace) -> None:
        self.split = split
        self.space = space
        self.unseen_hois = space.unseen_hois(split).tolist()
        self.counts: Counter = Counter()

    def add(self, pairs: List[dict], remaining: List[dict]) -> None:
        """Count one image.

        Args:
            pairs (list[dict]): Its pairs with `hois`.
            remaining (list[dict]): Those without an unseen HOI.
        """
        for prefix, some in (('', pairs), ('remaining ', remaining)):
            self.counts[f'{prefix}images'] += bool(some)
            self.counts[f'{prefix}pairs'] += len(some)
            self.counts[f'{prefix}labels'] += sum(
                len(pair['hois']) for pair in some)

    def table(self) -> str:
        """Text of the table.

        Returns:
            str: A row each for HOI classes, images, pairs and labels with
            what is there, what is left out and what remains.
        """
        num_hois, num_unseen = len(self.space.hois), len(self.unseen_hois)
        rows = [('training set', 'all', 'left out', 'remain'),
                ('HOI classes', num_hois, num_unseen, num_hois - num_unseen)]
        for key, name in (('images', 'images with a pair'), ('pairs', 'pairs'),
                          ('labels', 'HOIs of the pairs')):
            total, kept = self.counts[key], self.counts[f'remaining {key}']
            rows.append((name, total, total - kept, kept))
        return AsciiTable(rows, f' zero-shot split {self.split} ').table

    def log(self) -> None:
        """Write the table to the log, names of the unseen HOIs at DEBUG."""
        print_log('\n' + self.table(), logger='current')
        names = ', '.join(f'{hoi} {self.space.hois[hoi]}'
                          for hoi in self.unseen_hois)
        print_log(
            f'unseen HOIs of split {self.split}: {names}',
            logger='current',
            level=logging.DEBUG)
