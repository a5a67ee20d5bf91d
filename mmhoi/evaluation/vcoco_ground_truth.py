# Copyright (c) mmhoi contributors.
"""V-COCO's annotation as arrays for the evaluation."""
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence, Union

import numpy as np

from mmhoi.annotations import (HOIAParser, hoia_records, load_coco_instances,
                               load_vcoco_labels, official_ground_truth)
from mmhoi.annotations.usable_records import check_boxes
from mmhoi.label_spaces import load_label_space
from mmhoi.structures import PairArrays, VCOCOGroundTruth
from mmhoi.utils.progress import tqdm
from .functional.vcoco_pairs import ground_truth_from_pairs, last_pixels
from .hoia_records import usable_hoia, warn_of
from .prediction_io.json_file import read_json
from .prediction_io.vcoco_npz import read_vcoco_annotation

PERSON_LABEL = 0


@dataclass(frozen=True)
class VCOCOAnnotation:
    """Annotation of B images.

    Attributes:
        image_ids (np.ndarray): Ids of the images, ascending, int64, (B, ).
        gt (VCOCOGroundTruth): Annotated persons, for the official protocol.
        interactions (PairArrays, optional): G interactions as HOIA files have
            them, for their protocol: `images` are ids, `labels` verb-role
            classes, `obj_bboxes` NaN without object; None if the file does
            not tell the objects' classes.
        obj_labels (np.ndarray, optional): Class of each object, (G, ).
    """
    image_ids: np.ndarray
    gt: VCOCOGroundTruth
    interactions: Optional[PairArrays] = None
    obj_labels: Optional[np.ndarray] = None


def read_vcoco_ground_truth(path: Union[str, Path],
                            instances: Sequence[Union[str, Path]] = (),
                            origin: int = 0) -> VCOCOAnnotation:
    """Read V-COCO's annotation.

    Args:
        path (str or Path): Official vcoco_*.json; HOIA json as the converter
            writes it; or .npz, see `prediction_io.vcoco_npz`. A HOIA json
            lacks which persons have a label and gives the first pixel outside
            of a box, of which the last one inside is made for the official
            protocol.
        instances (Sequence[str or Path]): COCO instance files, which an
            official json needs. Defaults to none.
        origin (int): Number of the first pixel column and row in a HOIA json
            or .npz file. Defaults to 0.

    Returns:
        VCOCOAnnotation: The annotation with 0-based boxes.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file is malformed or the instances are missing.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f'annotation file {path} does not exist; see '
            'docs/en/user_guides/dataset_prepare.md for how to get it')
    if path.suffix == '.npz':
        gt, image_ids = read_vcoco_annotation(path)
        objects = gt.obj_bboxes.reshape(-1, 4)
        warn_of(
            check_boxes(
                np.concatenate(
                    (gt.sub_bboxes, objects[~np.isnan(objects).any(1)])),
                str(path), origin))
        return VCOCOAnnotation(np.unique(image_ids), _shift(gt, -origin))
    content = read_json(path)
    if isinstance(content, list) and any(
            isinstance(entry, dict) and 'action_name' in entry
            for entry in content[:1]):
        return _read_official(path, instances)
    return _from_hoia(content, path, origin)


def _read_official(path: Path,
                   instances: Sequence[Union[str, Path]]) -> VCOCOAnnotation:
    """Annotation from vcoco_*.json and COCO files."""
    if not instances:
        raise ValueError(f'{path} has no boxes; give the COCO instance files '
                         'with --instances (instances_train2014.json and '
                         'instances_val2014.json, or '
                         'instances_vcoco_all_2014.json)')
    labels = load_vcoco_labels(path)
    boxes = load_coco_instances(instances, labels.images)
    as_hoia = _from_hoia(hoia_records(labels, boxes), path, 0)
    return VCOCOAnnotation(as_hoia.image_ids,
                           official_ground_truth(labels, boxes),
                           as_hoia.interactions, as_hoia.obj_labels)


def _from_hoia(records: object, path: Path, origin: int) -> VCOCOAnnotation:
    """Annotation from entries in HOIA format."""
    space = load_label_space('vcoco')
    records, image_ids = usable_hoia(records, space, path, origin)
    parser = HOIAParser(space, bbox_origin=origin, test_mode=True)
    no_object = dict(bbox=[np.nan] * 4, bbox_label=len(space.objects))
    rows, bboxes, person_ids, persons = [], [], [], []
    for record, image in zip(
            tqdm(records, path.name, unit=' images', delay=1), image_ids):
        boxes, found = parser.parse_interactions(record)
        for sub_id, obj_id, verb, _ in found:
            obj = no_object if obj_id < 0 else boxes[obj_id]
            rows.append((image, verb, obj['bbox_label']))
            bboxes.append((boxes[sub_id]['bbox'], obj['bbox']))
        here = [b['bbox'] for b in boxes if b['bbox_label'] == PERSON_LABEL]
        persons += here
        person_ids += [image] * len(here)
    table = np.array(rows, np.int64).reshape(-1, 3)
    corners = np.array(bboxes, np.float64).reshape(-1, 2, 4)
    interactions = PairArrays(table[:, 0], table[:, 1], corners[:, 0],
                              corners[:, 1])
    gt = ground_truth_from_pairs(
        interactions._replace(
            sub_bboxes=last_pixels(corners[:, 0]),
            obj_bboxes=last_pixels(corners[:, 1])),
        np.array(person_ids, np.int64),
        last_pixels(np.array(persons, np.float64).reshape(-1, 4)))
    return VCOCOAnnotation(
        np.sort(np.array(image_ids, np.int64)), gt, interactions, table[:, 2])


def _shift(gt: VCOCOGroundTruth, pixels: int) -> VCOCOGroundTruth:
    """The same with `pixels` added to all coordinates."""
    return gt._replace(
        sub_bboxes=gt.sub_bboxes + np.float32(pixels),
        obj_bboxes=gt.obj_bboxes + np.float32(pixels))
