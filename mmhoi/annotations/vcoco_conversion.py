# Copyright (c) mmhoi contributors.
"""V-COCO labels as the official program prepares them, and as HOIA json."""
from typing import Dict, List, Tuple

import numpy as np

from mmhoi.label_spaces.vcoco_roles import VERB_ACTIONS, VERB_ROLES
from mmhoi.structures import VCOCOGroundTruth
from .vcoco_official import INSTANCE_REMEDY, COCOInstances, VCOCOLabels

PERSON_CATEGORY = 1


def official_boxes(xywh: np.ndarray, image_wh: np.ndarray) -> np.ndarray:
    """COCO boxes as the official V-COCO program reads them.

    Args:
        xywh (np.ndarray): Left, top, width, height in pixels, shape (N, 4).
        image_wh (np.ndarray): Width and height of the image of each box,
            shape (N, 2).

    Returns:
        np.ndarray: Inclusive 0-based xyxy pixels inside the image, float64,
        shape (N, 4).

    Examples:
        >>> official_boxes(np.array([[5., 5., 10., 10.]]), np.array([[9, 40]]))
        array([[ 5.,  5.,  8., 14.]])
    """
    ends = xywh[:, :2] + (xywh[:, 2:] - 1).clip(min=0)
    last_pixel = np.tile(image_wh - 1, 2)
    return np.concatenate((xywh[:, :2], ends), 1).clip(0, last_pixel)


def official_ground_truth(labels: VCOCOLabels,
                          instances: COCOInstances) -> VCOCOGroundTruth:
    """Ground truth as the official evaluation prepares it.

    Boxes that COCO ignores, whose area is 0 or of which less than two pixel
    columns and rows are in the image do not exist; a role that they fill is
    empty. Crowds stay. Persons without V-COCO label are part of the result.

    Args:
        labels (VCOCOLabels): The labels.
        instances (COCOInstances): The boxes of all their images.

    Returns:
        VCOCOGroundTruth: Persons by ascending image id, inside an image in
        the order of the instances.

    Raises:
        ValueError: If a person or object is not among the boxes of its image.
    """
    person_rows, role_rows = _rows_of_boxes(labels, instances)
    image_rows = np.searchsorted(instances.image_ids, instances.images)
    boxes = official_boxes(instances.xywh, instances.image_wh[image_rows])
    valid = ((boxes[:, 2:] > boxes[:, :2]).all(1) & (instances.areas > 0)
             & ~instances.ignored)
    boxes[~valid] = np.nan
    boxes = np.concatenate((boxes, np.full((1, 4), np.nan)))

    persons = np.flatnonzero(valid & (instances.categories == PERSON_CATEGORY))
    persons = persons[np.argsort(instances.images[persons], kind='stable')]
    # The last row of these tables is for persons without label.
    actions = np.concatenate(
        (labels.labels, np.full((1, labels.labels.shape[1]), -1, np.int8)))
    roles = np.concatenate((role_rows, np.full((1, *role_rows.shape[1:]), -1)))
    label_of_box = np.full(len(instances.images), -1)
    label_of_box[person_rows] = np.arange(len(person_rows))
    chosen = label_of_box[persons]
    return VCOCOGroundTruth(instances.images[persons],
                            boxes[persons].astype(np.float32), actions[chosen],
                            boxes[roles[chosen]].astype(np.float32))


def hoia_records(labels: VCOCOLabels, instances: COCOInstances) -> List[dict]:
    """V-COCO in the HOIA format that `VCOCODataset` reads.

    As in the field's converter, boxes are [x, y, x + w, y + h], all instances
    of an image are there, verb ids are 0..28, and object_id is -1 where an
    action has no role or its object is not annotated. That a person is
    labelled with no action at all cannot be told from these files.

    Args:
        labels (VCOCOLabels): The labels.
        instances (COCOInstances): The boxes of all their images.

    Returns:
        list[dict]: `file_name`, `img_id`, `annotations` and `hoi_annotation`
        of each image, by ascending image id.

    Raises:
        ValueError: If a person or object is not among the boxes of its image.
    """
    person_rows, role_rows = _rows_of_boxes(labels, instances)
    records: Dict[int, dict] = {
        image:
        dict(file_name=name, img_id=image, annotations=[], hoi_annotation=[])
        for image, name in zip(instances.image_ids.tolist(),
                               instances.file_names)
    }
    # Index of each box in its image; the last one stands for "no object".
    index = np.full(len(instances.images) + 1, -1)
    ends = instances.xywh[:, :2] + instances.xywh[:, 2:]
    boxes = np.concatenate((instances.xywh[:, :2], ends), 1).tolist()
    for row, (image, category) in enumerate(
            zip(instances.images.tolist(), instances.categories.tolist())):
        annotations = records[image]['annotations']
        index[row] = len(annotations)
        annotations.append(dict(bbox=boxes[row], category_id=category))
    # Verbs without role take the entry of "no object".
    by_verb = np.where(VERB_ROLES < 0, -1, role_rows[:, VERB_ACTIONS,
                                                     VERB_ROLES])
    for person, verb in np.argwhere(labels.labels[:, VERB_ACTIONS] == 1):
        records[int(labels.images[person])]['hoi_annotation'].append(
            dict(
                subject_id=int(index[person_rows[person]]),
                object_id=int(index[by_verb[person, verb]]),
                category_id=int(verb)))
    return list(records.values())


def _rows_of_boxes(labels: VCOCOLabels,
                   instances: COCOInstances) -> Tuple[np.ndarray, np.ndarray]:
    """Rows of persons (P, ) and of objects (P, 26, 2), -1 for no object."""
    order = np.argsort(instances.ann_ids)
    ids = np.concatenate((labels.ann_ids[:, None],
                          labels.role_ann_ids.reshape(len(labels.images), -1)),
                         1)
    places = np.searchsorted(instances.ann_ids[order], ids)
    rows = np.append(order, -1)[places]
    if len(order):
        found = ((instances.ann_ids[rows] == ids) & (rows >= 0) &
                 (instances.images[rows] == labels.images[:, None]))
    else:
        found = np.zeros(ids.shape, bool)
    found[:, 1:] |= ids[:, 1:] == 0
    if not found.all():
        person, column = np.argwhere(~found)[0]
        kind = 'person' if column == 0 else 'role object'
        raise ValueError(
            f'{kind} with annotation id {ids[person, column]} (entry {person} '
            f'of the labels) is not among the instances of image '
            f'{labels.images[person]}; {INSTANCE_REMEDY}')
    rows = np.where(ids == 0, -1, rows)
    return rows[:, 0], rows[:, 1:].reshape(labels.role_ann_ids.shape)
