# Copyright (c) mmhoi contributors.
"""Outputs of an exported model to predictions, with NumPy."""
from typing import Dict, List, Sequence, Tuple

import numpy as np

from mmhoi.ops import nms_pairs, top_combinations
from mmhoi.structures import PairArrays
from .model_info import ModelInfo


def select_predictions(
        outputs: Dict[str, np.ndarray], info: ModelInfo,
        img_shapes: Sequence[Tuple[int, int]]) -> List[Dict[str, np.ndarray]]:
    """The best (query, HOI) combinations of each image, as `HOIHead` does.

    Args:
        outputs (dict): hoi_logits (B, Q, H), obj_logits (B, Q, O + 1),
            sub_bboxes, obj_bboxes (B, Q, 4) normalised cxcywh and, with the
            training-free enhancement, clip_logits (B, H).
        info (ModelInfo): Of the model.
        img_shapes (Sequence[tuple[int, int]]): Height and width of the B
            original images.

    Returns:
        list[dict]: For each image K predictions in descending order of score:
        sub_bboxes, obj_bboxes (K, 4) xyxy pixels; labels, verb_labels,
        obj_labels, scores, obj_scores, query_inds (K, ).

    Raises:
        ValueError: If a score is NaN or infinite.
    """
    hoi_scores = _sigmoid(outputs['hoi_logits'])
    enhancement = info.test_cfg['training_free_enhancement']
    if enhancement is not None:
        bonus = training_free_scores(outputs['clip_logits'], **enhancement)
        hoi_scores = hoi_scores + bonus[:, None]
    obj_scores = _object_scores(outputs['obj_logits'],
                                info.test_cfg['obj_score'])
    # Past the classes, where index -1 finds it: the best of a query.
    best = obj_scores.argmax(2)
    obj_scores = np.concatenate(
        [obj_scores, obj_scores.max(2, keepdims=True)], 2)
    hoi_objects = np.array(info.hoi_objects)
    num_images = len(hoi_scores)
    rows, queries, labels, scores = top_combinations(
        hoi_scores + obj_scores[..., hoi_objects]**2, np.arange(num_images),
        info.test_cfg['max_per_img'])
    objects = hoi_objects[labels]
    columns = dict(
        labels=labels,
        verb_labels=np.array(info.hoi_verbs)[labels],
        obj_labels=np.where(objects < 0, best[rows, queries], objects),
        scores=scores,
        obj_scores=obj_scores[rows, queries, objects],
        query_inds=queries)
    scales = np.array(img_shapes, np.float32)[:, [1, 0, 1, 0]]
    for name in 'sub_bboxes', 'obj_bboxes':
        boxes = _cxcywh_to_xyxy(outputs[name])[rows, queries]
        columns[name] = boxes * scales[rows]
    kept = np.arange(len(rows))
    if info.test_cfg['pair_nms'] is not None:
        pairs = PairArrays(rows, labels, columns['sub_bboxes'],
                           columns['obj_bboxes'], scores)
        kept = nms_pairs(pairs, **info.test_cfg['pair_nms'])
    return [{
        name: column[kept[rows[kept] == row]]
        for name, column in columns.items()
    } for row in range(num_images)]


def training_free_scores(clip_logits: np.ndarray,
                         topk: int = 10,
                         mode: str = 'cosine') -> np.ndarray:
    """Score bonus of the HOIs that CLIP itself sees in the images.

    Args:
        clip_logits (np.ndarray): Cosines of B images to the HOIs, shape
            (B, H).
        topk (int): Number of HOIs kept per image. Defaults to 10.
        mode (str): `cosine` or `sigmoid`, see the function of that name in
            `mmhoi.models`. Defaults to `cosine`.

    Returns:
        np.ndarray: What to add to the HOI scores, shape (B, H).

    Examples:
        >>> training_free_scores(np.array([[0.1, 0.3, 0.2]]), topk=2)
        array([[0. , 0.3, 0.2]])
    """
    worse = np.argsort(-clip_logits, 1, kind='stable')[:, topk:]
    kept = clip_logits.copy()
    np.put_along_axis(kept, worse, 0, 1)
    return _sigmoid(kept) if mode == 'sigmoid' else kept


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    # Unlike 1 / (1 + exp(-x)) it never overflows.
    return np.tanh(logits / 2) / 2 + logits.dtype.type(0.5)


def _object_scores(logits: np.ndarray, mode: str) -> np.ndarray:
    """Scores of the object classes without background, (B, Q, O)."""
    if mode == 'sigmoid':
        return _sigmoid(logits)[..., :-1]
    exps = np.exp(logits - logits.max(2, keepdims=True))
    return (exps / exps.sum(2, keepdims=True))[..., :-1]


def _cxcywh_to_xyxy(boxes: np.ndarray) -> np.ndarray:
    centers, halves = boxes[..., :2], boxes[..., 2:] / 2
    return np.concatenate([centers - halves, centers + halves], -1)
