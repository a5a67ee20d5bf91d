# Copyright (c) mmhoi contributors.
"""Counts of a V-COCO set, side by side with those of the published files."""
from typing import Dict, List, Optional, Tuple

from mmhoi.label_spaces import METAINFO_DIR, load_label_space
from mmhoi.utils.text_files import read_json

Row = Tuple[str, int, Optional[int]]


def count_vcoco(records: List[dict]) -> Tuple[str, List[Row]]:
    """Count images, interactions and pairs of a V-COCO set.

    The published split with the same number of images is what the counts are
    compared with.

    Args:
        records (list[dict]): Entries in HOIA format.

    Returns:
        tuple[str, list]:

        - split: `train`, `val`, `trainval`, `test`, or '' if no split has
          this number of images.
        - rows: (what, count, published count or None), first the images,
          then for each verb-role class the persons that do it and, where
          there is a role, those whose object is annotated.

    Examples:
        >>> split, rows = count_vcoco([])
        >>> split, rows[:3]
        ('', [('images', 0, None), ('hold_obj', 0, None), ('hold_obj with \
object', 0, None)])
    """
    published = read_json(METAINFO_DIR / 'vcoco_counts.json')
    split = next((name for name, counts in published.items()
                  if counts['images'] == len(records)), '')
    known = published.get(split, dict(interactions={}, with_object={}))
    hois = [hoi for record in records for hoi in record['hoi_annotation']]
    interactions = _count_verbs(hois)
    with_object = _count_verbs([h for h in hois if h['object_id'] >= 0])
    rows: List[Row] = [('images', len(records), known.get('images'))]
    for verb in load_label_space('vcoco').verbs:
        rows.append(
            (verb, interactions[verb], known['interactions'].get(verb)))
        if verb.endswith(('_obj', '_instr')):
            rows.append((f'{verb} with object', with_object[verb],
                         known['with_object'].get(verb)))
    return split, rows


def _count_verbs(hois: List[dict]) -> Dict[str, int]:
    """Number of interactions of each verb-role class."""
    verbs = load_label_space('vcoco').verbs
    counts = dict.fromkeys(verbs, 0)
    for hoi in hois:
        counts[verbs[hoi['category_id']]] += 1
    return counts
