# Copyright (c) mmhoi contributors.
"""Which HOI classes are rendered, and how often."""
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from mmhoi.label_spaces import METAINFO_DIR
from mmhoi.utils.text_files import read_json


@dataclass(frozen=True)
class HOIClass:
    """One rendered HOI class.

    Attributes:
        hoi_id (int): 0-based index into the 600 classes of HICO-DET.
        verb (str): HICO verb name.
        object (str): HICO object name.
        rare (bool): Whether it has fewer than 10 training instances.
        weight (float): Relative frequency among the classes not rare.
        implies (tuple[int]): HOI classes a pair of this class also has.
    """
    hoi_id: int
    verb: str
    object: str
    rare: bool
    weight: float
    implies: Tuple[int, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """The rendered label space.

    Attributes:
        classes (dict[int, HOIClass]): By HOI id, in ascending order.
        object_labels (dict[str, int]): Object name to index into the 80
            COCO classes.
        coco_ids (dict[str, int]): Object name to COCO category id.
        verb_indices (dict[str, int]): Verb name to 0-based HICO verb index.
    """
    classes: Dict[int, HOIClass]
    object_labels: Dict[str, int]
    coco_ids: Dict[str, int]
    verb_indices: Dict[str, int]


@lru_cache(maxsize=None)
def load_vocabulary() -> Vocabulary:
    """Read the rendered vocabulary from its json file.

    Examples:
        >>> load_vocabulary().classes[139].verb
        'ride'
    """
    data = read_json(METAINFO_DIR / 'synhico.json')
    classes = {}
    for entry in data['classes']:
        entry['implies'] = tuple(entry.get('implies', ()))
        classes[entry['hoi_id']] = HOIClass(**entry)
    return Vocabulary(
        classes=classes,
        object_labels={o['name']: o['label']
                       for o in data['objects']},
        coco_ids={o['name']: o['coco_id']
                  for o in data['objects']},
        verb_indices={v['name']: v['index']
                      for v in data['verbs']})


def all_labels(hoi_id: int) -> Tuple[int, ...]:
    """The class itself and what it implies, ascending.

    Examples:
        >>> all_labels(139)  # riding a horse is straddling it as well
        (139, 141)
    """
    implied = load_vocabulary().classes[hoi_id].implies
    return tuple(sorted({hoi_id, *implied}))


def sample_hoi_ids(rng: np.random.Generator,
                   num: int,
                   weights: Optional[Sequence[float]] = None) -> List[int]:
    """Sample classes of the vocabulary.

    Args:
        rng (np.random.Generator): Source of randomness.
        num (int): How many to sample, with replacement.
        weights (sequence[float], optional): Relative weight of each class
            of the vocabulary in ascending order of HOI id. Default: all
            classes are equally likely.

    Returns:
        list[int]: ``num`` HOI ids, 0-based.

    Examples:
        >>> ids = sample_hoi_ids(np.random.default_rng(0), 3)
        >>> len(ids), set(ids) <= set(load_vocabulary().classes)
        (3, True)
    """
    ids = list(load_vocabulary().classes)
    if weights is not None:
        weights = np.asarray(weights, dtype=np.float64)
        if len(weights) != len(ids):
            raise ValueError(f'weights must have one entry for each of the '
                             f'{len(ids)} classes, got {len(weights)}')
        weights = weights / weights.sum()
    return [int(i) for i in rng.choice(ids, num, p=weights)]
