# Copyright (c) mmhoi contributors.
"""Which classes each image of a split shows.

Only the main class of every group is planned; the labels it implies are
counted along. Rare classes are never implied and never doubled by a second
subject, so their planned count is their count in the written annotations.
"""
from typing import Dict, List

import numpy as np

from .vocabulary import all_labels, load_vocabulary

#: Stable numbers of the splits in seed sequences.
SPLITS = {'train': 0, 'test': 1}
#: Probability of one, two and three groups in an image.
GROUPS = (0.45, 0.40, 0.15)
MIN_COMMON = 12
_PLAN_STREAM = 2**31


def image_rng(seed: int, split: str, index: int) -> np.random.Generator:
    """The random stream of one image, the same in every process.

    Args:
        seed (int): Seed of the data set.
        split (str): 'train' or 'test'.
        index (int): 0-based index of the image in its split.

    Returns:
        np.random.Generator: A stream no other image shares.
    """
    return np.random.default_rng([seed, SPLITS[split], index])


def plan_split(num_images: int,
               seed: int,
               split: str,
               balanced: bool = False) -> List[List[int]]:
    """Choose the main HOI classes of every image of a split.

    Args:
        num_images (int): Number of images.
        seed (int): Seed of the data set.
        split (str): 'train' is long-tailed: from 1000 images on every rare
            class has 2 to 9 instances and every other class at least 12.
            'test' is balanced: from 500 images on every class has at least
            8 instances.
        balanced (bool): Whether 'train' is balanced as well. Defaults to
            False.

    Returns:
        list[list[int]]: One to three 0-based HOI ids for each image.

    Examples:
        >>> plan = plan_split(1000, seed=0, split='train')
        >>> len(plan), {len(ids) for ids in plan}
        (1000, {1, 2, 3})
    """
    if split not in SPLITS:
        raise ValueError(f'split must be one of {list(SPLITS)}, got {split}')
    if num_images < 1:
        raise ValueError(f'num_images must be positive, got {num_images}')
    rng = image_rng(seed, split, _PLAN_STREAM)
    sizes = 1 + rng.choice(3, num_images, p=GROUPS)
    total = int(sizes.sum())
    if balanced or split == 'test':
        mains = _balanced(rng, total)
    else:
        mains = _long_tailed(rng, total)
    rng.shuffle(mains)
    ends = np.cumsum(sizes).tolist()
    plan = [mains[end - size:end] for end, size in zip(ends, sizes.tolist())]
    return _spread_people(plan)


def _long_tailed(rng: np.random.Generator, total: int) -> List[int]:
    """Main classes with Zipf-like counts, rare ones below 10."""
    classes = load_vocabulary().classes.values()
    rare = {c.hoi_id: int(rng.integers(2, 10)) for c in classes if c.rare}
    common = [c for c in classes if not c.rare]
    needed = sum(rare.values()) + MIN_COMMON * len(common)
    if total < needed:
        return _short(rng, rare, [c.hoi_id for c in common], total)
    mains = [i for i, n in rare.items() for _ in range(n)]
    mains += [c.hoi_id for c in common for _ in range(MIN_COMMON)]
    weights = np.asarray([c.weight for c in common])
    extra = rng.choice([c.hoi_id for c in common],
                       total - len(mains),
                       p=weights / weights.sum())
    return mains + extra.tolist()


def _short(rng: np.random.Generator, rare: Dict[int, int], common: List[int],
           total: int) -> List[int]:
    """A random part of the least plan, for splits too small for it."""
    mains = [i for i, n in rare.items() for _ in range(n)]
    mains += common * MIN_COMMON
    return rng.permutation(mains)[:total].tolist()


def _balanced(rng: np.random.Generator, total: int) -> List[int]:
    """Main classes that keep the counts of all labels level."""
    ids = list(load_vocabulary().classes)
    position = {hoi: k for k, hoi in enumerate(ids)}
    labels = [[position[i] for i in all_labels(hoi)] for hoi in ids]
    # A random fraction breaks ties in a different way in every round.
    counts = rng.random(len(ids)) * 0.5
    mains = []
    for _ in range(total):
        k = int(np.argmin(counts))
        counts[labels[k]] += 1
        mains.append(ids[k])
    return mains


def _spread_people(plan: List[List[int]]) -> List[List[int]]:
    """Swap classes so that no image needs more than four people.

    Three groups of which two are of two people would need five.
    """
    classes = load_vocabulary().classes

    def people(ids: List[int]) -> int:
        return sum(1 + (classes[i].object == 'person') for i in ids)

    singles = [
        ids for ids in plan
        if len(ids) == 1 and classes[ids[0]].object != 'person'
    ]
    for ids in plan:
        while people(ids) > 4 and singles:
            k = next(k for k, i in enumerate(ids)
                     if classes[i].object == 'person')
            other = singles.pop()
            ids[k], other[0] = other[0], ids[k]
    return plan
