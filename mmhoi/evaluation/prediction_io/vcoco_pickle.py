# Copyright (c) mmhoi contributors.
"""Detections in the pickle that the official V-COCO program reads.

It holds a list with one dict per detected person: `image_id` and the keys of
`vcoco_persons`. The official program needs every key in every dict.
"""
import pickle
from pathlib import Path
from typing import Any, List

import numpy as np

from mmhoi.structures import VCOCODetections
from mmhoi.utils.whole_file import write_whole
from .vcoco_persons import (AGENT_KEYS, BOX_KEY, ROLE_KEYS, join_persons,
                            split_persons)

LAYOUT = (f'a list with one dict per person: image_id, {BOX_KEY}, '
          f'{AGENT_KEYS[0]}, {ROLE_KEYS[0]}, ...')


def join_official(entries: Any, path: Path) -> VCOCODetections:
    """Arrays from what the pickle holds.

    Args:
        entries (Any): What should be a list of dicts.
        path (Path): The file, for messages.

    Returns:
        VCOCODetections: Persons in the order of the list.

    Raises:
        ValueError: If an entry has another layout.
    """
    if not isinstance(entries, list):
        raise ValueError(f'{path} holds a {type(entries).__name__} where '
                         f'{LAYOUT} is needed')
    image_ids: List[int] = []
    persons = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict) or BOX_KEY not in entry:
            raise ValueError(f'{path}: entry {index} is not as in {LAYOUT}')
        person = dict(entry)
        image_ids.append(
            whole_number(
                person.pop('image_id', None), f'{path}: entry {index}'))
        persons.append(person)
    return join_persons(image_ids, persons, path)


def write_vcoco_pickle(path: Path, det: VCOCODetections) -> None:
    """Write the pickle for the official program.

    What was not predicted gets the score NaN, which the official program
    leaves out.

    Args:
        path (Path): The file.
        det (VCOCODetections): M detected persons, 0-based boxes.
    """
    default = {key: np.float32(np.nan) for key in AGENT_KEYS}
    default.update((key, np.full(5, np.nan, np.float32)) for key in ROLE_KEYS)
    entries = [
        dict(
            default,
            image_id=image,
            **{
                key: np.array(value, np.float32)
                for key, value in person.items()
            }) for image, person in split_persons(det)
    ]
    with write_whole(path) as draft, draft.open('wb') as file:
        pickle.dump(entries, file, protocol=4)


def whole_number(value: Any, where: str) -> int:
    """Check an image id.

    Args:
        value (Any): What should be a whole number.
        where (str): File and entry, for the message.

    Returns:
        int: The id.

    Raises:
        ValueError: If it is anything else.
    """
    is_number = isinstance(value, (int, np.integer)) and value is not True
    if not is_number or not 0 <= value < 2**53:
        raise ValueError(
            f'{where}: image_id is {value!r:.80}, but must be the number in '
            'the file name, 42 for COCO_val2014_000000000042.jpg')
    return int(value)
