# Copyright (c) mmhoi contributors.
"""Annotation of HICO-DET's test set and seeded detections for benchmarks."""
from typing import Iterator, Tuple

import numpy as np

from mmhoi.label_spaces import LabelSpace, load_label_space
from mmhoi.structures import PairArrays, RawOutputs
from mmhoi.utils.text_files import read_json

NUM_DETECTIONS = 388_000
# Shares of moved annotated pairs, of those with another verb, with another
# object and with the subject of another pair. The rest are random boxes.
SHARES = dict(hit=0.12, verb=0.095, obj=0.03, sub=0.035)


def read_hoia(path: str) -> Tuple[np.ndarray, PairArrays]:
    """Image ids, shape (B, ), and annotated pairs of a HOIA test json.

    Args:
        path (str): The json file.

    Returns:
        tuple[np.ndarray, PairArrays]: Ids and pairs; `images` are rows
        0..B-1.
    """
    space = load_label_space('hico_det')
    pairs = zip(space.hoi_verbs.tolist(), space.hoi_objects.tolist())
    hoi_ids = {pair: hoi for hoi, pair in enumerate(pairs)}
    objects = {c: label for label, c in enumerate(space.category_ids)}
    rows, ids = [], []
    for row, record in enumerate(read_json(path)):
        ids.append(int(record['file_name'][-12:-4]))
        boxes = record['annotations']
        for hoi in record['hoi_annotation']:
            sub, obj = boxes[hoi['subject_id']], boxes[hoi['object_id']]
            label = hoi_ids[hoi['category_id'] - 1,
                            objects[obj['category_id']]]
            rows.append((row, label, *sub['bbox'], *obj['bbox']))
    table = np.array(rows)
    boxes = table[:, 2:].astype(np.float32)
    return np.array(ids), PairArrays(table[:, 0], table[:, 1], boxes[:, :4],
                                     boxes[:, 4:])


def make_detections(gt: PairArrays,
                    num_images: int,
                    seed: int,
                    num: int = NUM_DETECTIONS) -> PairArrays:
    """Seeded detections in random order.

    Args:
        gt (PairArrays): Annotated pairs; `images` are rows.
        num_images (int): Number of images B.
        seed (int): Seed.
        num (int): Number of detections M. Defaults to about 40 per image of
            HICO-DET's test set.

    Returns:
        PairArrays: M detections with distinct float32 scores.
    """
    rng = np.random.default_rng(seed)
    space = load_label_space('hico_det')
    parts = [
        _moved_annotations(gt, kind, int(share * num), space, rng)
        for kind, share in SHARES.items()
    ]
    num_left = num - sum(len(part.images) for part in parts)
    parts.append(_random_pairs(num_images, num_left, rng))
    det = PairArrays.concatenate(parts)
    scores = rng.permutation(num) / num
    means = np.repeat([.6, .45, .4, .45, .25], [len(p.images) for p in parts])
    rank = np.argsort(np.argsort(scores * .7 + means))
    det = det._replace(scores=((rank + 1) / num).astype(np.float32))
    return det.select(rng.permutation(num))


def raw_chunks(gt: PairArrays, num_images: int, chunk: int,
               seed: int) -> Iterator[RawOutputs]:
    """Seeded raw outputs of 64 queries that find most annotated pairs.

    Args:
        gt (PairArrays): Annotated pairs; `images` are rows in ascending
            order.
        num_images (int): Number of images B.
        chunk (int): Images of a chunk.
        seed (int): Seed.

    Yields:
        RawOutputs: Outputs of the next images.
    """
    rng = np.random.default_rng(seed)
    hoi_to_object = load_label_space('hico_det').hoi_objects
    for start in range(0, num_images, chunk):
        images = np.arange(start, min(start + chunk, num_images))
        first, last = np.searchsorted(gt.images, [start, images[-1] + 1])
        near = gt.select(np.arange(first, last).repeat(3))
        shape = len(images), 64
        # Few HOIs of a query are likely, as in a trained model.
        hoi_scores = rng.random((*shape, 600), dtype=np.float32)
        for _ in range(3):
            hoi_scores *= hoi_scores
        hoi_scores *= .3
        obj_scores = rng.random((*shape, 81), dtype=np.float32) * .3
        sub_bboxes, obj_bboxes = random_boxes((2, *shape), rng)
        # Three queries about each annotated pair; some are overwritten.
        at = near.images - start, rng.integers(64, size=len(near.images))
        hoi_scores[(*at, near.labels)] += .5 * rng.random(len(near.images))
        obj_scores[(*at, hoi_to_object[near.labels])] += .6
        sub_bboxes[at] = _jitter(near.sub_bboxes, rng)
        obj_bboxes[at] = _jitter(near.obj_bboxes, rng)
        yield RawOutputs(images, hoi_scores, obj_scores, sub_bboxes,
                         obj_bboxes)


def _moved_annotations(gt: PairArrays, kind: str, num: int, space: LabelSpace,
                       rng: np.random.Generator) -> PairArrays:
    """Jittered annotated pairs, some with a changed label or subject."""
    det = gt.select(rng.integers(len(gt.images), size=num))
    labels, sub_bboxes = det.labels, det.sub_bboxes
    if kind == 'obj':
        labels = rng.integers(len(space.hoi_objects), size=num)
    if kind == 'verb':
        by_object = np.argsort(space.hoi_objects, kind='stable')
        count = np.bincount(space.hoi_objects)
        first = np.cumsum(count) - count
        obj = space.hoi_objects[labels]
        labels = by_object[first[obj] + rng.integers(count[obj])]
    if kind == 'sub':
        sub_bboxes = rng.permutation(sub_bboxes)
    return PairArrays(det.images, labels, _jitter(sub_bboxes, rng),
                      _jitter(det.obj_bboxes, rng), np.zeros(num))


def _jitter(bboxes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Boxes moved by about a tenth of their size."""
    sizes = np.tile(bboxes[:, 2:] - bboxes[:, :2], 2)
    moved = bboxes + sizes * rng.normal(scale=.1, size=bboxes.shape)
    low = np.minimum(moved[:, :2], moved[:, 2:])
    high = np.maximum(moved[:, :2], moved[:, 2:])
    return np.hstack((low, high)).astype(np.float32)


def _random_pairs(num_images: int, num: int,
                  rng: np.random.Generator) -> PairArrays:
    """Pairs of random boxes with random HOIs."""
    return PairArrays(
        rng.integers(num_images, size=num), rng.integers(600, size=num),
        random_boxes((num, ), rng), random_boxes((num, ), rng), np.zeros(num))


def random_boxes(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Random xyxy boxes in 640 x 480 pixels, float32, shape (*shape, 4)."""
    size = np.array([639, 479], dtype=np.float32)
    corners = rng.random((2, *shape, 2), dtype=np.float32) * size
    return np.concatenate((corners.min(0), corners.max(0)), -1)
