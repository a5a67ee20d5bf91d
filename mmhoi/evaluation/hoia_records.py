# Copyright (c) mmhoi contributors.
"""Entries of annotation files, checked for an evaluation."""
import warnings
from pathlib import Path
from typing import List, Tuple

from mmhoi.annotations.rules import is_whole_number
from mmhoi.annotations.usable_records import usable_records
from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.setup_error import SetupError


def usable_hoia(records: object, space: LabelSpace, path: Path,
                origin: int) -> Tuple[List[dict], List[int]]:
    """Entries that can be evaluated; a warning tells what is odd.

    Args:
        records (object): What the file holds.
        space (LabelSpace): Its classes, which tell its format.
        path (Path): The file, for messages.
        origin (int): Number of the first pixel column and row.

    Returns:
        tuple[list[dict], list[int]]: One entry per image, and their ids.

    Raises:
        SetupError: If the file cannot be evaluated.
    """
    if not isinstance(records, list):
        raise SetupError(
            f'{path} must hold a list with one entry per image (HOIA format),'
            f' not a {type(records).__name__}; see '
            'docs/en/user_guides/dataset_prepare.md')
    usable = usable_records(
        records, space, str(path), test_mode=True, bbox_origin=origin)
    for index, image_id in enumerate(usable.image_ids):
        if not is_whole_number(image_id):
            raise SetupError(
                f'{path}: entry {index}: img_id {image_id!r} is not a '
                'whole number, by which predictions name their image')
    warn_of(usable.warning)
    return usable.records, usable.image_ids


def warn_of(text: str) -> None:
    """Warn, if there is something to say.

    Args:
        text (str): The warning, or nothing.
    """
    if text:
        warnings.warn(text)
