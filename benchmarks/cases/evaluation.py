# Copyright (c) mmhoi contributors.
"""AP of all classes from 40,000 detections in 1,000 images, against loops."""
import sys
from pathlib import Path
from typing import Callable

import numpy as np

from mmhoi.evaluation.functional import evaluate_hico_det
from mmhoi.structures import PairArrays

BENCHMARKS = Path(__file__).parents[1]
sys.path += [str(BENCHMARKS / 'evaluation'), str(BENCHMARKS.parent / 'tests')]
from hico_data import make_detections, random_boxes  # noqa: E402 isort: skip
from hico_reference import looped_hico_det  # noqa: E402 isort: skip

IMAGES, PAIRS, DETECTIONS = 1000, 4, 40_000


def make(side: str, folder: Path) -> Callable[[], np.ndarray]:
    """Both return the AP of each class."""
    rng = np.random.default_rng(0)
    num = IMAGES * PAIRS
    gt = PairArrays(
        np.arange(num) // PAIRS, rng.integers(600, size=num),
        random_boxes((num, ), rng), random_boxes((num, ), rng))
    det = make_detections(gt, IMAGES, seed=0, num=DETECTIONS)
    if side == 'ours':
        return lambda: evaluate_hico_det(gt, det, 600).ap
    return lambda: looped_hico_det(gt, det)


def difference(ours: Callable, reference: Callable) -> float:
    """Largest difference of the AP of a class."""
    return float(np.abs(ours() - reference()).max())
