# Copyright (c) mmhoi contributors.
"""In which formats annotation files describe an image."""
from typing import Callable, NamedTuple, Tuple

from mmhoi.label_spaces import LabelSpace
from mmhoi.label_spaces.class_file import CustomLabelSpace
from mmhoi.label_spaces.swig import SWIGLabelSpace
from .named_labels import NamedLabels
from .swig import swig_to_hoia


class RecordFormat(NamedTuple):
    """How to read the entry of an image.

    Attributes:
        keys (tuple[str]): Keys that every entry needs.
        inner_keys (str): What their boxes and interactions need, for
            messages.
        to_hoia (Callable): Makes an entry of the HOIA format of one.
    """
    keys: Tuple[str, ...]
    inner_keys: str
    to_hoia: Callable[[dict], dict]


HOIA_KEYS = ('file_name', 'annotations', 'hoi_annotation')


def record_format(space: LabelSpace) -> RecordFormat:
    """Format of the annotation files that go with a label space.

    Args:
        space (LabelSpace): Its kind decides: own data name their classes,
            SWIG-HOI has keys of its own, all others are in HOIA format.

    Returns:
        RecordFormat: The format.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> record_format(load_label_space('vcoco')).keys
        ('file_name', 'annotations', 'hoi_annotation')
    """
    if isinstance(space, SWIGLabelSpace):
        return RecordFormat(
            ('file_name', 'img_id', 'box_annotations', 'hoi_annotations'),
            'box_annotations need bbox and category_id, hoi_annotations need '
            'subject_id, object_id and action_id', swig_to_hoia)
    if isinstance(space, CustomLabelSpace):
        return RecordFormat(
            HOIA_KEYS, 'annotations need bbox and category, interactions need '
            'subject_id, object_id and verb',
            NamedLabels(space).to_hoia)
    return RecordFormat(
        HOIA_KEYS, 'annotations need bbox and category_id, interactions need '
        'subject_id, object_id and category_id', _as_it_is)


def _as_it_is(record: dict) -> dict:
    return record
