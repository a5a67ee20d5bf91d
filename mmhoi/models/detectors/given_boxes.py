# Copyright (c) mmhoi contributors.
from typing import List, Optional

from mmdet.structures.bbox import get_box_tensor
from mmengine.structures import InstanceData

from mmhoi.structures import SampleList

FIELDS = ('bboxes', 'labels', 'scores')


def given_boxes(batch_data_samples: SampleList,
                num_objects: int) -> Optional[List[InstanceData]]:
    """Boxes that come with the images of a batch.

    Args:
        batch_data_samples (list[HOIDataSample]): With or without
            `det_instances`: bboxes (N, 4) xyxy in pixels of the input image,
            labels and scores (N, ); and all_scores (N, O) if they are known.
        num_objects (int): Number O of object classes.

    Returns:
        list[InstanceData] | None: These fields of each image; None if no
        image has boxes.

    Raises:
        ValueError: If only some images have boxes, a field is missing, a
            label or score is out of range, or there are scores of other
            classes.
    """
    images = [sample.get('det_instances') for sample in batch_data_samples]
    if all(image is None for image in images):
        return None
    return [
        _checked(image, sample.get('img_path', 'an image'), num_objects)
        for image, sample in zip(images, batch_data_samples)
    ]


def _checked(image: Optional[InstanceData], name: str,
             num_objects: int) -> InstanceData:
    missing = FIELDS if image is None else [
        field for field in FIELDS if field not in image
    ]
    if missing:
        raise ValueError(
            f'{name} has no det_instances.{missing[0]}, but boxes of its '
            f'batch come with the images; all need {", ".join(FIELDS)}')
    labels, scores = image.labels.long(), image.scores.float()
    if len(labels) and not 0 <= int(labels.min()) <= int(
            labels.max()) < num_objects:
        raise ValueError(
            f'{name}: det_instances.labels are {int(labels.min())} to '
            f'{int(labels.max())}; allowed: 0 to {num_objects - 1}, the '
            'objects of interaction_head.label_space')
    if ((scores < 0) | (scores > 1)).any():
        raise ValueError(
            f'{name}: det_instances.scores are {float(scores.min()):g} to '
            f'{float(scores.max()):g}; allowed: 0 to 1, probabilities')
    boxes = InstanceData(
        bboxes=get_box_tensor(image.bboxes).float(),
        labels=labels,
        scores=scores)
    if 'all_scores' in image:
        if image.all_scores.shape != (len(labels), num_objects):
            raise ValueError(
                f'{name}: det_instances.all_scores has the shape '
                f'{tuple(image.all_scores.shape)}; needed: '
                f'{(len(labels), num_objects)}, a score of each object of '
                'interaction_head.label_space for each box')
        boxes.all_scores = image.all_scores.float()
    return boxes
