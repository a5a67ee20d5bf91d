# Copyright (c) mmhoi contributors.
"""SWIG-HOI's annotation files, swig_{train,dev,test,trainval}_1000.json."""
from typing import Any

from .hoia_validation import HOIAValidator
from .repeated_images import EntryKeys


def swig_to_hoia(record: dict) -> dict:
    """Entry of SWIG-HOI as an entry of the HOIA format.

    Boxes count from 0. Their `aux_category_id`, other names of the same
    object, plays no part in training and evaluation and is left out.

    Args:
        record (dict): With `file_name`, `img_id`, `box_annotations` and
            `hoi_annotations`, of which the latter have an `action_id`.

    Returns:
        dict: With `file_name`, `img_id`, `annotations` and `hoi_annotation`,
        verb ids from 0.

    Raises:
        KeyError: If a key is missing.
        TypeError: If an entry has another structure.

    Examples:
        >>> swig_to_hoia(dict(
        ...     file_name='a.jpg', img_id=7, box_annotations=[],
        ...     hoi_annotations=[dict(subject_id=0, object_id=1, action_id=9)])
        ... )['hoi_annotation']
        [{'subject_id': 0, 'object_id': 1, 'category_id': 9}]
    """
    return dict(
        file_name=record['file_name'],
        img_id=record['img_id'],
        annotations=[
            dict(bbox=box['bbox'], category_id=box['category_id'])
            for box in record['box_annotations']
        ],
        hoi_annotation=[
            dict(
                subject_id=hoi['subject_id'],
                object_id=hoi['object_id'],
                category_id=hoi['action_id'])
            for hoi in record['hoi_annotations']
        ])


class SWIGValidator(HOIAValidator):
    """Checks annotations of SWIG-HOI, see :class:`HOIAValidator`."""

    KEYS = EntryKeys('box_annotations', 'hoi_annotations', 'category_id',
                     'action_id')

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record_keys['img_id'] = int
