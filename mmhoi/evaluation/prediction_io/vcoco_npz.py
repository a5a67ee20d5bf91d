# Copyright (c) mmhoi contributors.
"""Detections and annotations of V-COCO as arrays in an .npz file.

Detections: `det_image_id` (M, ), `det_person_box` (M, 4), `det_agent_score`
(M, 26), `det_role` (M, 26, 2, 5): box and score of each role, NaN for what is
not predicted. Annotation: `person_image_id` (Q, ), `person_box` (Q, 4),
`person_action` (Q, 26), `person_role_box` (Q, 26, 2, 4), as in
`VCOCOGroundTruth`; or unprepared, as V-COCO and COCO give it, see
`read_raw_annotation`.
"""
from pathlib import Path
from typing import Dict, Tuple

import numpy as np

from mmhoi.annotations.vcoco_conversion import official_ground_truth
from mmhoi.annotations.vcoco_official import COCOInstances, VCOCOLabels
from mmhoi.label_spaces.vcoco_roles import NUM_ROLES, VCOCO_ACTIONS
from mmhoi.structures import VCOCODetections, VCOCOGroundTruth
from mmhoi.utils.whole_file import write_whole
from .image_records import integer_array
from .npz_file import load_arrays
from .vcoco_persons import check_vcoco_detections

A = len(VCOCO_ACTIONS)
DETECTION_SHAPES = dict(
    det_image_id=(),
    det_person_box=(4, ),
    det_agent_score=(A, ),
    det_role=(A, NUM_ROLES, 5))
PREPARED_SHAPES = dict(
    person_image_id=(),
    person_box=(4, ),
    person_action=(A, ),
    person_role_box=(A, NUM_ROLES, 4))
IMAGE_SHAPES = dict(image_id=(), image_wh=(2, ))
INSTANCE_SHAPES = dict(
    ann_image_id=(),
    ann_id=(),
    ann_category=(),
    ann_xywh=(4, ),
    ann_area=(),
    ann_ignore=())
LABEL_SHAPES = dict(
    label_image_id=(),
    label_ann_id=(),
    label=(A, ),
    label_role_ann_id=(A, NUM_ROLES))


def read_vcoco_npz(path: Path) -> VCOCODetections:
    """Read detections.

    Args:
        path (Path): The file.

    Returns:
        VCOCODetections: Persons in the order of the file.

    Raises:
        ValueError: If an array is missing or has a wrong shape or type.
    """
    arrays = load_arrays(path, list(DETECTION_SHAPES), ())
    _check_shapes(path, arrays, DETECTION_SHAPES)
    images = integer_array(arrays['det_image_id'], f'{path}: det_image_id')
    det = VCOCODetections.from_dense(
        images,
        *(arrays[name].astype(np.float32)
          for name in list(DETECTION_SHAPES)[1:]))
    check_vcoco_detections(det, path)
    return det


def write_vcoco_npz(path: Path, det: VCOCODetections) -> None:
    """Write detections.

    Args:
        path (Path): The file.
        det (VCOCODetections): M detected persons.
    """
    agent_scores, roles = det.dense()
    with write_whole(path) as draft, draft.open('wb') as file:
        np.savez_compressed(
            file,
            det_image_id=det.images,
            det_person_box=det.sub_bboxes,
            det_agent_score=agent_scores,
            det_role=roles)


def read_vcoco_annotation(path: Path) -> Tuple[VCOCOGroundTruth, np.ndarray]:
    """Read annotations, prepared or not; prepared ones are preferred.

    Args:
        path (Path): File with `image_id` (B, ) and either the four arrays
            `person_*` or those of `read_raw_annotation`.

    Returns:
        tuple[VCOCOGroundTruth, np.ndarray]: Annotated persons, and the ids of
        all images, int64, shape (B, ).

    Raises:
        ValueError: If an array is missing or has a wrong shape or type.
    """
    arrays = load_arrays(path, ['image_id'], list(PREPARED_SHAPES))
    image_ids = integer_array(arrays['image_id'], f'{path}: image_id')
    if not arrays.keys() >= PREPARED_SHAPES.keys():
        return read_raw_annotation(path), image_ids
    _check_shapes(path, arrays, PREPARED_SHAPES)
    images = integer_array(arrays['person_image_id'],
                           f'{path}: person_image_id')
    actions = arrays['person_action']
    if not np.isin(actions, (-1, 0, 1)).all():
        raise ValueError(f'{path}: person_action must hold 0, 1 and -1 only, '
                         f'not {np.setdiff1d(actions, (-1, 0, 1))[0]}')
    if not np.isfinite(arrays['person_box']).all():
        row = np.argwhere(~np.isfinite(arrays['person_box']))[0][0]
        raise ValueError(f'{path}: person_box[{row}] of image {images[row]} '
                         'is not finite')
    return VCOCOGroundTruth(images, arrays['person_box'].astype(np.float32),
                            actions.astype(np.int8),
                            arrays['person_role_box'].astype(
                                np.float32)), image_ids


def read_raw_annotation(path: Path) -> VCOCOGroundTruth:
    """Read V-COCO labels and COCO instances and prepare them.

    Args:
        path (Path): File with `image_id`, `image_wh`, the COCO instances
            (`ann_image_id`, `ann_id`, `ann_category`, `ann_xywh`, `ann_area`,
            `ann_ignore`) and the labels (`label_image_id`, `label_ann_id`,
            `label`, `label_role_ann_id`).

    Returns:
        VCOCOGroundTruth: What the official program makes of it.

    Raises:
        ValueError: If an array is missing or has a wrong shape or type, or
            the labels refer to a box that is not there.
    """
    groups = IMAGE_SHAPES, INSTANCE_SHAPES, LABEL_SHAPES
    arrays = load_arrays(path, [name for group in groups for name in group],
                         ())
    for group in groups:
        _check_shapes(path, arrays, group)
    for name in ('image_id', 'ann_image_id', 'ann_id', 'label_image_id',
                 'label_ann_id', 'label_role_ann_id'):
        arrays[name] = integer_array(arrays[name], f'{path}: {name}')
    order = np.argsort(arrays['image_id'])
    image_ids = arrays['image_id'][order]
    outside = np.setdiff1d(arrays['ann_image_id'], image_ids)
    if len(outside):
        raise ValueError(f'{path}: ann_image_id holds {outside[0]}, which is '
                         'not in image_id')
    instances = COCOInstances(image_ids, arrays['image_wh'][order],
                              [''] * len(image_ids),
                              *(arrays[name] for name in INSTANCE_SHAPES))
    try:
        return official_ground_truth(
            VCOCOLabels(*(arrays[name] for name in LABEL_SHAPES)),
            instances._replace(ignored=arrays['ann_ignore'] == 1))
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error


def _check_shapes(path: Path, arrays: Dict[str, np.ndarray],
                  shapes: Dict[str, tuple]) -> None:
    """Raise ValueError unless all arrays have N rows of the given shape."""
    num = len(np.atleast_1d(arrays[next(iter(shapes))]))
    for name, shape in shapes.items():
        if arrays[name].shape != (num, *shape):
            raise ValueError(f'{path}: {name} has shape {arrays[name].shape}, '
                             f'expected {(num, *shape)}')
