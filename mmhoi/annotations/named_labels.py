# Copyright (c) mmhoi contributors.
"""Annotations of own data: HOIA json with names in place of ids."""
from typing import Iterator, Optional

from mmhoi.label_spaces.class_file import CustomLabelSpace
from .hoia_validation import HOIAValidator
from .image_frames import FrameReader
from .repeated_images import EntryKeys
from .rules import Problem

#: Id of a category or verb that the class file does not have.
UNKNOWN_ID = 0


class NamedLabels:
    """Puts ids in the place of names.

    Args:
        space (CustomLabelSpace): Tables of the class file.

    Examples:
        >>> from mmhoi.label_spaces.class_file import parse_classes
        >>> labels = NamedLabels(
        ...     parse_classes(dict(objects=['horse'], verbs=['ride'])))
        >>> record = labels.to_hoia(dict(
        ...     annotations=[dict(bbox=[1, 1, 5, 9], category='person'),
        ...                  dict(bbox=[1, 4, 9, 9], category='horse')],
        ...     hoi_annotation=[dict(subject_id=0, object_id=1, verb='ride')]))
        >>> record['annotations'][1]
        {'bbox': [1, 4, 9, 9], 'category_id': 2}
        >>> record['hoi_annotation']
        [{'subject_id': 0, 'object_id': 1, 'category_id': 1}]
    """

    def __init__(self, space: CustomLabelSpace) -> None:
        self.categories = dict(zip(space.objects, space.category_ids))
        self.verbs = {
            verb: index + space.verb_offset
            for index, verb in enumerate(space.verbs)
        }

    def to_hoia(self, record: dict) -> dict:
        """Entry of own data as an entry of the HOIA format.

        Args:
            record (dict): With `annotations` (`bbox`, `category`) and
                `hoi_annotation` (`subject_id`, `object_id`, `verb`).

        Returns:
            dict: The same with `category_id`, which is 0 for a name that the
            class file does not have.

        Raises:
            KeyError: If a key is missing.
            TypeError: If an entry has another structure.
        """
        return dict(
            record,
            annotations=[
                dict(
                    bbox=box['bbox'],
                    category_id=self.categories.get(box['category'],
                                                    UNKNOWN_ID))
                for box in record['annotations']
            ],
            hoi_annotation=[
                dict(
                    subject_id=hoi['subject_id'],
                    object_id=hoi['object_id'],
                    category_id=self.verbs.get(hoi['verb'], UNKNOWN_ID))
                for hoi in record['hoi_annotation']
            ])


class NamedHOIAValidator(HOIAValidator):
    """Checks annotations of own data, and what they lack of the classes.

    Args:
        space (CustomLabelSpace): Tables of the class file.
        bbox_origin (int): Number of the first pixel column and row. Defaults
            to 0.
        image_frame (callable, optional): As in :class:`HOIAValidator`.
            Defaults to None.
    """

    KEYS = EntryKeys('annotations', 'hoi_annotation', 'category', 'verb')
    LABEL_TYPE = str

    def __init__(self,
                 space: CustomLabelSpace,
                 bbox_origin: int = 0,
                 image_frame: Optional[FrameReader] = None) -> None:
        super().__init__(space, bbox_origin, image_frame)
        self.label_of = {name: i for i, name in enumerate(space.objects)}
        self.verb_of = {name: i for i, name in enumerate(space.verbs)}

    def check_file(self,
                   records: list,
                   folder: Optional[str] = None) -> Iterator[Problem]:
        """Check what only all entries together can tell.

        Args:
            records (list): The entries, all of them checked.
            folder (str, optional): Folder of the images. Defaults to None.

        Yields:
            Problem: As in the base class, and HOIs that never occur.
        """
        yield from super().check_file(records, folder)
        for hoi, name in enumerate(self.space.hois):
            if not self.found_hois[hoi]:
                yield Problem('HOI that never occurs', '', '', name)

    def _unknown_category(self, category: object) -> str:
        return (f'category "{category}" is none of the objects '
                f'{", ".join(self.label_of)}')

    def _unknown_verb(self, verb: object) -> str:
        return f'verb "{verb}" is none of {", ".join(self.verb_of)}'
