# Copyright (c) mmhoi contributors.
"""In which formats annotation files describe an image."""
from typing import Callable, NamedTuple, Type

from mmhoi.label_spaces import LabelSpace
from mmhoi.label_spaces.class_file import CustomLabelSpace
from mmhoi.label_spaces.swig import SWIGLabelSpace
from .hoia_validation import HOIAValidator
from .hoia_writing import image_number
from .named_labels import NamedHOIAValidator, NamedLabels
from .swig import SWIGValidator, swig_to_hoia


class RecordFormat(NamedTuple):
    """How to read the entry of an image.

    Attributes:
        keys (str): What entries, their boxes and interactions need, for
            messages.
        validator (type): Checks entries of this format.
        to_hoia (Callable): Makes an entry of the HOIA format of one.
        default_id (Callable): From an entry without `img_id` and its index in
            the file to its id.
    """
    keys: str
    validator: Type[HOIAValidator]
    to_hoia: Callable[[dict], dict]
    default_id: Callable[[dict, int], int]


def record_format(space: LabelSpace) -> RecordFormat:
    """Format of the annotation files that go with a label space.

    Args:
        space (LabelSpace): Its kind decides: own data name their classes,
            SWIG-HOI has keys of its own, all others are in HOIA format.

    Returns:
        RecordFormat: The format.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> record_format(load_label_space('vcoco')).validator.KEYS.boxes
        'annotations'
    """
    if isinstance(space, SWIGLabelSpace):
        return RecordFormat(
            'entries need file_name, img_id, box_annotations and '
            'hoi_annotations, box_annotations need bbox and category_id, '
            'hoi_annotations need subject_id, object_id and action_id',
            SWIGValidator, swig_to_hoia, _number_in_name)
    if isinstance(space, CustomLabelSpace):
        return RecordFormat(
            'entries need file_name, annotations and hoi_annotation, '
            'annotations need bbox and category, interactions need '
            'subject_id, object_id and verb', NamedHOIAValidator,
            NamedLabels(space).to_hoia, lambda record, index: index)
    return RecordFormat(
        'entries need file_name, annotations and hoi_annotation, annotations '
        'need bbox and category_id, interactions need subject_id, object_id '
        'and category_id', HOIAValidator, _as_it_is, _number_in_name)


def _number_in_name(record: dict, index: int) -> int:
    return image_number(record['file_name'])


def _as_it_is(record: dict) -> dict:
    return record
