# Copyright (c) mmhoi contributors.
"""The objects that a detector was trained for, as its checkpoint tells."""
from typing import Any, Dict, Optional, Sequence, Tuple

from mmhoi.label_spaces import ClassNames, load_label_space
from mmhoi.label_spaces.class_names import describe_difference
from .errors import CheckpointMismatchError

#: Rows of the classifier of a DETR with COCO's category ids as classes.
COCO_ROWS = 92
_CLASS_ROWS = ('class_embed.weight', 'bbox_head.fc_cls.weight')


def detector_classes(checkpoint: Dict[str, Any]) -> Optional[Tuple[str, ...]]:
    """Names of a detector's classes, in the order of its rows.

    Args:
        checkpoint (dict): As of `read_checkpoint`; of mmdet 2 or 3, or ours.

    Returns:
        tuple[str] | None: The names; None if it does not tell, unless it has
        a row for each of COCO's category ids.
    """
    meta = checkpoint['meta']
    names = (meta.get('dataset_meta') or {}).get('classes') or (
        meta.get('dataset_meta') or {}).get('CLASSES') or meta.get('CLASSES')
    if isinstance(names, (list, tuple)):
        return tuple(map(str, names))
    rows = next((value for name, value in checkpoint['state_dict'].items()
                 if name.endswith(_CLASS_ROWS)), ())
    return load_label_space('hico_det').objects if len(
        rows) == COCO_ROWS else None


def check_detector_classes(checkpoint: Dict[str, Any],
                           objects: Sequence[str]) -> None:
    """Refuse a detector whose numbers mean other objects.

    Args:
        checkpoint (dict): As of `read_checkpoint`.
        objects (Sequence[str]): What the numbers are taken for. Capital
            letters and underscores for blanks do not matter.

    Raises:
        CheckpointMismatchError: If the checkpoint tells other names.
    """
    names = detector_classes(checkpoint)
    if names is None:
        return
    own, given = (
        tuple(name.lower().replace('_', ' ') for name in each)
        for each in (objects, names))
    difference = describe_difference(
        ClassNames(own), ClassNames(given), ('the config', 'the checkpoint'))
    if difference is not None:
        raise CheckpointMismatchError(
            f'the detector was trained for other objects: {difference}; its '
            'labels would be names of other objects')
