# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest

from mmhoi.annotations import count_vcoco
from mmhoi.label_spaces import METAINFO_DIR

SPLITS = json.loads((METAINFO_DIR / 'vcoco_counts.json').read_text())


@pytest.mark.parametrize('split', SPLITS)
def test_published_counts_are_reproduced(split):
    """A set that is made of the counts has them."""
    from mmhoi.label_spaces import load_label_space
    known = SPLITS[split]
    records = [dict(hoi_annotation=[]) for _ in range(known['images'])]
    for verb, name in enumerate(load_label_space('vcoco').verbs):
        with_object = known['with_object'].get(name, 0)
        for index in range(known['interactions'].get(name, 0)):
            records[index % 7]['hoi_annotation'].append(
                dict(category_id=verb, object_id=(index < with_object) - 1))
    found, rows = count_vcoco(records)
    assert found == split
    assert all(known in (None, count) for _, count, known in rows)
    assert sum(known is not None for _, _, known in rows) >= 49


def test_trainval_is_train_and_val():
    for key in ('interactions', 'with_object'):
        for verb, count in SPLITS['trainval'][key].items():
            assert count == SPLITS['train'][key][verb] + SPLITS['val'][key][
                verb]
    # The published numbers of pairs, which leave `point` out.
    for split, pairs in (('train', 6400), ('val', 7417), ('test', 12402)):
        counts = dict(SPLITS[split]['with_object'])
        counts.pop('point_instr', None)
        assert np.sum(list(counts.values())) == pairs


def test_another_number_of_images():
    split, rows = count_vcoco([dict(hoi_annotation=[])])
    assert split == ''
    assert rows[0] == ('images', 1, None)
    assert len(rows) == 1 + 29 + 25
