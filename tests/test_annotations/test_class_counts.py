# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.annotations.class_counts import compare_with_facts, count_hois
from mmhoi.label_spaces import load_label_space

SPACE = load_label_space('hico_det')


def records(counts, num_images):
    """As many interactions of each HOI, all in the first image."""
    ids = np.repeat(np.arange(600), counts) + 1
    first = dict(hoi_annotation=[dict(hoi_category_id=int(i)) for i in ids])
    return [first] + [dict(hoi_annotation=[])] * (num_images - 1)


def test_complete_training_set():
    rows, is_complete = compare_with_facts('train',
                                           records(SPACE.num_train, 38118),
                                           SPACE)
    assert is_complete
    assert rows == [('images', 38118, 38118), ('images_with_pairs', 1, None),
                    ('pairs', 117871, 117871), ('classes', 600, 600),
                    ('rare_classes', 138, 138),
                    ('classes_with_another_count', 0, 0)]


def test_equal_sums_do_not_hide_a_moved_pair():
    counts = SPACE.num_train.copy()
    busiest = np.argsort(counts)[-2:]
    counts[busiest] += [1, -1]
    rows, is_complete = compare_with_facts('train', records(counts, 38118),
                                           SPACE)
    assert dict((key, found) for key, found, _ in rows)['pairs'] == 117871
    assert rows[-1] == ('classes_with_another_count', 2, 0)
    assert not is_complete


@pytest.mark.parametrize('num_images', [1, 9657])
def test_part_of_the_test_set(num_images):
    rows, is_complete = compare_with_facts(
        'test', records(np.eye(600, dtype=int)[7], num_images), SPACE)
    assert rows == [('images', num_images, 9658),
                    ('images_with_pairs', 1, 9546), ('pairs', 1, 33405),
                    ('classes', 1, 600)]
    assert not is_complete


def test_nothing():
    assert count_hois([], 600).tolist() == [0] * 600
