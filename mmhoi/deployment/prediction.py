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
    """The best (query, HOI) combinations of each image, as `PairSelector`.

    Args:
        outputs (dict): scores, confidences, obj_scores, obj_labels (B, Q, H)
            and sub_bboxes, obj_bboxes (B, Q, 4) normalised xyxy.
        info (ModelInfo): Of the model.
        img_shapes (Sequence[tuple[int, int]]): Height and width of the B
            original images.

    Returns:
        list[dict]: For each image K predictions in descending order of score:
        sub_bboxes, obj_bboxes (K, 4) xyxy pixels; labels, verb_labels,
        obj_labels, scores, confidences, obj_scores, query_inds (K, ).

    Raises:
        ValueError: If a score is NaN or infinite.
    """
    # Pair and HOI exclude each other: below all others, and left out.
    impossible = np.isneginf(outputs['scores'])
    num_images = len(impossible)
    rows, queries, labels, scores = top_combinations(
        np.where(impossible, np.float32(-1), outputs['scores']),
        np.arange(num_images), info.max_per_img or impossible[0].size)
    possible = ~impossible[rows, queries, labels]
    rows, queries, labels, scores = (
        column[possible] for column in (rows, queries, labels, scores))
    columns = dict(
        labels=labels,
        verb_labels=np.array(info.hoi_verbs)[labels],
        scores=scores,
        query_inds=queries)
    for name in 'confidences', 'obj_scores', 'obj_labels':
        columns[name] = outputs[name][rows, queries, labels]
    scales = np.array(img_shapes, np.float32)[:, [1, 0, 1, 0]]
    for name in 'sub_bboxes', 'obj_bboxes':
        columns[name] = outputs[name][rows, queries] * scales[rows]
    kept = np.arange(len(rows))
    if info.pair_nms is not None:
        pairs = PairArrays(rows, labels, columns['sub_bboxes'],
                           columns['obj_bboxes'], scores)
        kept = nms_pairs(pairs, **info.pair_nms)
    return [{
        name: column[kept[rows[kept] == row]]
        for name, column in columns.items()
    } for row in range(num_images)]
