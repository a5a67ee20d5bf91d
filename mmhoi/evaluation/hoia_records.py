# Copyright (c) mmhoi contributors.
"""Entries of HOIA-format annotation files, read for an evaluation."""
from pathlib import Path
from typing import List, Tuple

from mmhoi.annotations import HOIAParser
from mmhoi.annotations.hoia_writing import image_number
from .prediction_io.json_file import read_json

RECORD_KEYS = ('file_name', 'annotations', 'hoi_annotation')
LARGEST_ID = 2**53


def load_hoia_records(path: Path) -> List[dict]:
    """Entries of a HOIA json, checked for their keys.

    Args:
        path (Path): The file.

    Returns:
        list[dict]: One entry per image.

    Raises:
        ValueError: If the file is not in HOIA format.
    """
    return check_hoia_records(read_json(path), path)


def check_hoia_records(records: object, path: Path) -> List[dict]:
    """Check the entries of a HOIA json for their keys.

    Args:
        records (object): What the file holds.
        path (Path): The file, for messages.

    Returns:
        list[dict]: The entries.

    Raises:
        ValueError: If they are not in HOIA format.
    """
    if not isinstance(records, list):
        raise ValueError(
            f'{path} must hold a list with one entry per image (HOIA format),'
            f' not a {type(records).__name__}; see '
            'docs/en/user_guides/dataset_prepare.md')
    for index, record in enumerate(records):
        if not isinstance(record, dict) or not all(
                isinstance(record.get(key), kind)
                for key, kind in zip(RECORD_KEYS, (str, list, list))):
            raise ValueError(
                f'{path}: entry {index} is not in HOIA format; it needs '
                f'{", ".join(RECORD_KEYS)}')
    return records


def record_id(record: dict, index: int, path: Path) -> int:
    """Given id of an image, or the number that its file name ends with.

    Args:
        record (dict): Entry of the image.
        index (int): Its place in the file, for messages.
        path (Path): The file, for messages.

    Returns:
        int: The id.

    Raises:
        ValueError: If it is no whole number.
    """
    image_id = record.get('img_id')
    if image_id is None:
        image_id = image_number(record['file_name'])
    if type(image_id) is not int or not 0 <= image_id < LARGEST_ID:
        raise ValueError(f'{path}: entry {index}: img_id {image_id!r} is not '
                         'a whole number')
    return image_id


def parse_record(
        parser: HOIAParser, record: dict,
        path: Path) -> Tuple[List[dict], List[Tuple[int, int, int, int]]]:
    """Boxes and interactions of an entry.

    Args:
        parser (HOIAParser): The parser, for testing.
        record (dict): Entry of an image.
        path (Path): The file, for messages.

    Returns:
        tuple: As `HOIAParser.parse_interactions`.

    Raises:
        ValueError: If the entry is not in HOIA format.
    """
    try:
        return parser.parse_interactions(record)
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(
            f'{path}: the entry of "{record["file_name"]}" is not in HOIA '
            f'format ({type(error).__name__}: {error}); annotations need bbox '
            'and category_id, interactions need subject_id, object_id and '
            'category_id') from error
