# Copyright (c) mmhoi contributors.
"""Selection of an image's best pairs, from raw outputs or from pairs."""
from typing import Iterable, Optional, Tuple

import numpy as np

from mmhoi.structures import PairArrays, RawOutputs
from .pair_nms import nms_pairs


def select_pairs(chunks: Iterable[RawOutputs],
                 hoi_to_object: np.ndarray,
                 max_per_image: int = 100,
                 nms_cfg: Optional[dict] = None) -> PairArrays:
    """Predictions of a whole data set from raw outputs given in chunks.

    Only the selected pairs of a chunk are kept, so that memory grows with
    `max_per_image` and not with Q * H. Chunks of a few images are the
    fastest: their scores stay in the processor's cache.

    Args:
        chunks (Iterable[RawOutputs]): At least one chunk.
        hoi_to_object (np.ndarray): Object of each HOI, shape (H, ).
        max_per_image (int): How many best (query, HOI) combinations of an
            image to take. Defaults to 100.
        nms_cfg (dict, optional): Arguments of `nms_pairs`, which then thins
            out the taken ones; {} for its defaults. None does without.
            Defaults to None.

    Returns:
        PairArrays: The pairs of all chunks in their order, images in the
        order of a chunk, descending score inside an image.

    Raises:
        ValueError: If there is no chunk or a score is NaN or infinite.
    """
    parts = []
    for chunk in chunks:
        pairs = top_pairs(chunk, hoi_to_object, max_per_image)
        if nms_cfg is not None:
            pairs = pairs.select(nms_pairs(pairs, **nms_cfg))
        parts.append(pairs)
    if not parts:
        raise ValueError('there are no raw outputs to select pairs from; is '
                         'the data set empty?')
    return PairArrays.concatenate(parts)


def top_pairs(outputs: RawOutputs,
              hoi_to_object: np.ndarray,
              max_per_image: int = 100) -> PairArrays:
    """Best (query, HOI) combinations of each image.

    The score is the HOI's probability plus the squared probability of its
    object, as in GEN-VLKT and HOICLIP.

    Args:
        outputs (RawOutputs): B images with Q queries and H HOIs.
        hoi_to_object (np.ndarray): Object of each HOI, shape (H, ).
        max_per_image (int): How many combinations to take. Defaults to 100.

    Returns:
        PairArrays: min(max_per_image, Q * H) pairs of each image, images in
        their order, descending score inside an image, equal scores in the
        order of query and HOI.

    Raises:
        ValueError: If a score is NaN or infinite.

    Examples:
        >>> box = np.zeros((1, 1, 4))
        >>> outputs = RawOutputs(np.array([7]), np.array([[[.2, .1, .4]]]),
        ...                      np.array([[[.1, .9]]]), box, box)
        >>> pairs = top_pairs(outputs, np.array([0, 1, 0]), 2)
        >>> pairs.labels, pairs.scores.round(2)
        (array([1, 2]), array([0.91, 0.41]))
    """
    # take() keeps the order of the axes in memory, indexing does not.
    scores = outputs.hoi_scores + np.take(
        outputs.obj_scores**2, hoi_to_object, axis=2)
    rows, queries, labels, values = top_combinations(scores, outputs.images,
                                                     max_per_image)
    return PairArrays(outputs.images[rows], labels,
                      outputs.sub_bboxes[rows, queries],
                      outputs.obj_bboxes[rows, queries], values)


def top_combinations(
    scores: np.ndarray, images: np.ndarray, max_per_image: int
) -> Tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Queries and HOIs with the best scores of each image.

    Args:
        scores (np.ndarray): Scores, shape (B, Q, H).
        images (np.ndarray): What messages call the images, shape (B, ).
        max_per_image (int): How many combinations to take.

    Returns:
        tuple[np.ndarray]: Rows (images) of the chunk, queries, HOIs and
        scores of the combinations, in the order of `top_pairs`, each of shape
        (K, ).

    Raises:
        ValueError: If a score is NaN or infinite.

    Examples:
        >>> scores = np.array([[[.2, .1], [.3, .4]]])
        >>> top_combinations(scores, np.array([7]), 2)[1:3]
        (array([1, 1]), array([1, 0]))
    """
    _, num_queries, num_hois = scores.shape
    bounds = _lower_bounds(scores, max_per_image)
    if not np.isfinite(bounds).all():
        row = np.flatnonzero(~np.isfinite(bounds))[0]
        raise ValueError(
            f'scores of image {images[row]} (row {row} of the chunk) '
            'are NaN or infinite; has the model diverged?')
    flat = np.flatnonzero(scores >= bounds[:, None, None])
    values = scores.ravel()[flat]
    rows, flat = np.divmod(flat, num_queries * num_hois)
    kept = best_of_image(rows, values, max_per_image)
    queries, labels = np.divmod(flat[kept], num_hois)
    return rows[kept], queries, labels, values[kept]


def best_of_image(images: np.ndarray, scores: np.ndarray,
                  max_per_image: int) -> np.ndarray:
    """Rows of the best detections of each image.

    Args:
        images (np.ndarray): Image of each detection, any integer, shape
            (M, ).
        scores (np.ndarray): Scores, shape (M, ).
        max_per_image (int): How many to keep at most.

    Returns:
        np.ndarray: Rows, ascending by image, inside an image by descending
        score, equal scores in their given order, shape (K, ).

    Examples:
        >>> best_of_image(np.array([5, 3, 5, 5]), np.array([.1, .2, .3, .4]),
        ...               2)
        array([1, 3, 2])
    """
    order = np.lexsort((-scores, images))
    images = images[order]
    first = np.searchsorted(images, images, side='left')
    return order[np.arange(len(order)) - first < max_per_image]


def _lower_bounds(scores: np.ndarray, num: int) -> np.ndarray:
    """A bound for each image that at least `num` scores reach, (B, ).

    So many classes have a maximum that reaches it, which is found far faster
    than by sorting Q * H scores, and few other scores do. An image with a
    score that is not finite gets a bound that is not finite.
    """
    maxima = scores.max(1)
    if num < maxima.shape[1]:
        bounds = np.partition(maxima, -num, axis=1)[:, -num]
    else:
        bounds = scores.min((1, 2))
    return np.where(np.isfinite(maxima).all(1), bounds, np.nan)
