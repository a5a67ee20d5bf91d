# Copyright (c) mmhoi contributors.
import re
from pathlib import Path

import pytest

from mmhoi.label_spaces import load_label_space

PAGE = Path(__file__).parents[2] / 'docs/en/notes/zero_shot_protocols.md'
SPACE = load_label_space('hico_det')
ROWS = {
    row[0]: list(map(int, row[1:]))
    for row in re.findall(r'^\| (\w+)' + r' \| (\d+)' * 7 +
                          r' \|$', PAGE.read_text(), re.M)
}


def test_every_split_has_a_row():
    assert set(ROWS) == set(SPACE.splits)


@pytest.mark.parametrize('split', SPACE.splits)
def test_the_page_is_true(split):
    unseen, seen = SPACE.unseen_hois(split), SPACE.seen_hois(split)
    lost = [
        len(set(table) - set(table[seen]))
        for table in (SPACE.hoi_verbs, SPACE.hoi_objects)
    ]
    shared = [
        len(set(unseen) & set(other))
        for other in (SPACE.rare_hois, SPACE.splits['rf_uc'],
                      SPACE.splits['nf_uc'])
    ]
    count = int(SPACE.num_train[unseen].sum())
    assert ROWS[split] == [len(unseen), *lost, shared[0], count, *shared[1:]]
