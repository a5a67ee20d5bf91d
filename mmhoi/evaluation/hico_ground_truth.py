# Copyright (c) mmhoi contributors.
"""HICO-DET's annotation as arrays for the evaluation."""
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union

import numpy as np

from mmhoi.annotations import HOIAParser
from mmhoi.annotations.usable_records import check_boxes
from mmhoi.label_spaces import load_label_space
from mmhoi.structures import PairArrays
from mmhoi.utils.progress import tqdm
from .hoia_records import usable_hoia, warn_of
from .prediction_io.json_file import read_json
from .prediction_io.npz_file import load_arrays
from .prediction_io.pair_npz import npz_images, npz_pairs

NPZ_ARRAYS = ('image_id', 'gt_image', 'gt_hoi', 'gt_human', 'gt_object')


@dataclass(frozen=True)
class HICOGroundTruth:
    """Annotation of B images.

    Attributes:
        image_ids (np.ndarray): Numbers in the file names of the images,
            ascending, also of those without any pair, int64, shape (B, ).
        pairs (PairArrays): G annotated pairs with 0-based inclusive boxes,
            in each image in the order of the file. `images` are rows of
            `image_ids`.
        image_sizes (np.ndarray, optional): (width, height) in pixels, shape
            (B, 2), if the file tells it.
    """
    image_ids: np.ndarray
    pairs: PairArrays
    image_sizes: Optional[np.ndarray] = None


def read_hico_ground_truth(path: Union[str, Path],
                           origin: int = 1) -> HICOGroundTruth:
    """Read HICO-DET's annotation.

    Args:
        path (str or Path): HOIA json (test_hico.json) or an .npz file with
            `image_id`, `gt_image`, `gt_hoi`, `gt_human`, `gt_object` and
            optionally `image_wh`.
        origin (int): Number of the first pixel column and row in the file.
            The official test annotation is 1-based. Defaults to 1.

    Returns:
        HICOGroundTruth: The annotation, images in the order of their ids.
        What cannot be used of a json is left out with a warning.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is malformed.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f'annotation file {path} does not exist; see '
            'docs/en/user_guides/dataset_prepare.md for how to get it')
    read = _read_npz if path.suffix == '.npz' else _read_hoia
    truth = read(path, origin)
    ids, counts = np.unique(truth.image_ids, return_counts=True)
    if (counts > 1).any():
        raise ValueError(f'{path}: several images share the id '
                         f'{ids[counts > 1][0]} ({(counts > 1).sum()} such '
                         'ids); set a unique `img_id` for each')
    if len(ids) == 0:
        raise ValueError(f'{path} lists no image')
    return _sort_images(truth)


def _read_npz(path: Path, origin: int) -> HICOGroundTruth:
    """Annotation from flat arrays."""
    arrays = load_arrays(path, NPZ_ARRAYS, optional=['image_wh'])
    image_ids, sizes = npz_images(arrays, path)
    pairs = npz_pairs(arrays, 'gt', len(image_ids), path)
    num_hois = len(load_label_space('hico_det').hoi_verbs)
    bad = np.flatnonzero((pairs.labels < 0) | (pairs.labels >= num_hois)
                         | ~np.isfinite(pairs.sub_bboxes).all(1)
                         | ~np.isfinite(pairs.obj_bboxes).all(1))
    if len(bad):
        raise ValueError(
            f'{path}: annotated pair {bad[0]} (image '
            f'{image_ids[pairs.images[bad[0]]]}) has HOI id '
            f'{pairs.labels[bad[0]]} or a box that is not finite; HOI ids are '
            f'0..{num_hois - 1}')
    warn_of(
        check_boxes(
            np.concatenate((pairs.sub_bboxes, pairs.obj_bboxes)), str(path),
            origin))
    pairs = pairs._replace(
        sub_bboxes=pairs.sub_bboxes - origin,
        obj_bboxes=pairs.obj_bboxes - origin)
    return HICOGroundTruth(image_ids, pairs, sizes)


def _read_hoia(path: Path, origin: int) -> HICOGroundTruth:
    """Annotation from a HOIA json, by the rules for testing."""
    space = load_label_space('hico_det')
    records, image_ids = usable_hoia(read_json(path), space, path, origin)
    parser = HOIAParser(space, bbox_origin=origin, test_mode=True)
    rows, bboxes = [], []
    for image, record in enumerate(
            tqdm(records, path.name, unit=' images', delay=1)):
        instances, interactions = parser.parse_interactions(record)
        for sub_id, obj_id, _, hoi in interactions:
            rows.append((image, hoi))
            bboxes.append(
                (instances[sub_id]['bbox'], instances[obj_id]['bbox']))
    rows = np.array(rows, np.int64).reshape(-1, 2)
    bboxes = np.array(bboxes, np.float64).reshape(-1, 2, 4)
    return HICOGroundTruth(
        np.array(image_ids, np.int64),
        PairArrays(rows[:, 0], rows[:, 1], bboxes[:, 0], bboxes[:, 1]))


def _sort_images(truth: HICOGroundTruth) -> HICOGroundTruth:
    """The same with ascending image ids; pairs keep their order."""
    order = np.argsort(truth.image_ids)
    slots = np.argsort(order)
    sizes = truth.image_sizes
    return HICOGroundTruth(
        truth.image_ids[order],
        truth.pairs._replace(images=slots[truth.pairs.images]),
        None if sizes is None else sizes[order])
