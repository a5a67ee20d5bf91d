# Copyright (c) mmhoi contributors.
"""Counts of an annotation file, beside what is known of the data set."""
from typing import Dict, List, Sequence, Tuple

import numpy as np

from mmhoi.label_spaces import LabelSpace

#: Counts of the complete official HICO-DET.
HICO_DET_FACTS = {
    'train': dict(images=38118, pairs=117871, classes=600, rare_classes=138),
    'test':
    dict(images=9658, images_with_pairs=9546, pairs=33405, classes=600),
}


def count_hois(records: Sequence[dict], num_hois: int) -> np.ndarray:
    """Interactions of each HOI in HOIA entries with `hoi_category_id`.

    Args:
        records (Sequence[dict]): Entries of the images.
        num_hois (int): Number of HOI classes H.

    Returns:
        np.ndarray: Counts, int64, shape (H, ).

    Examples:
        >>> count_hois([dict(hoi_annotation=[dict(hoi_category_id=2)])], 3)
        array([0, 1, 0])
    """
    ids = [
        hoi['hoi_category_id'] for record in records
        for hoi in record['hoi_annotation']
    ]
    return np.bincount(np.array(ids, int) - 1, minlength=num_hois)


def split_counts(split: str, records: Sequence[dict],
                 space: LabelSpace) -> Dict[str, int]:
    """Counts of a converted split, with the keys of `HICO_DET_FACTS`.

    Args:
        split (str): `train` or `test`.
        records (Sequence[dict]): Entries of the images.
        space (LabelSpace): Tables of HICO-DET.

    Returns:
        dict[str, int]: images, images_with_pairs, pairs, classes (with a
        pair) and, for training, rare_classes.
    """
    counts = count_hois(records, len(space.hois))
    result = dict(
        images=len(records),
        images_with_pairs=sum(bool(r['hoi_annotation']) for r in records),
        pairs=int(counts.sum()),
        classes=int((counts > 0).sum()))
    if split == 'train':
        result['rare_classes'] = len(space.with_counts(counts).rare_hois)
    return result


def compare_with_facts(split: str, records: Sequence[dict],
                       space: LabelSpace) -> Tuple[List[tuple], bool]:
    """Counts beside the known ones.

    Args:
        split (str): `train` or `test`.
        records (Sequence[dict]): Entries of the images.
        space (LabelSpace): Tables of HICO-DET, with the training pairs of
            each class.

    Returns:
        tuple[list[tuple], bool]:

        - rows: (quantity, found, known or None) for a table.
        - complete: Whether all counts that are known agree, in training also
          those of each class.
    """
    facts = HICO_DET_FACTS[split]
    found = split_counts(split, records, space)
    rows = [(key, value, facts.get(key)) for key, value in found.items()]
    if split == 'train':
        differ = count_hois(records, len(space.hois)) != space.num_train
        rows.append(('classes_with_another_count', int(differ.sum()), 0))
    return rows, all(known in (None, value) for _, value, known in rows)
