# Copyright (c) mmhoi contributors.
"""Boxes and HOIs of images -> entries of a HOIA json, and the file itself."""
import re
from pathlib import Path
from typing import Dict, List, Sequence, Tuple, Union

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.text_files import write_json

PERSON_CATEGORY = 1


def image_number(file_name: str) -> int:
    """Number that the name of an image ends with.

    Args:
        file_name (str): Such as `HICO_train2015_00000001.jpg`.

    Returns:
        int: The number.

    Raises:
        ValueError: If there is none.

    Examples:
        >>> image_number('HICO_test2015_00000017.jpg')
        17
    """
    digits = re.search(r'(\d+)\.\w+$', file_name)
    if digits is None:
        raise ValueError(
            f'image "{file_name}" has no `img_id` and its name does '
            'not end with a number, as '
            'HICO_test2015_00000017.jpg does')
    return int(digits.group(1))


def hoia_record(file_name: str, sub_bboxes: np.ndarray, obj_bboxes: np.ndarray,
                hois: Sequence[int], space: LabelSpace) -> dict:
    """Entry of one image.

    Boxes that are equal in all numbers and in category are stored once, so
    that HOIs of the very same pair of boxes share it.

    Args:
        file_name (str): Name of the image file, which ends with a number.
        sub_bboxes (np.ndarray): Subject boxes, xyxy pixels, shape (P, 4).
        obj_bboxes (np.ndarray): Object boxes, xyxy pixels, shape (P, 4).
        hois (Sequence[int]): 0-based HOI id of each pair, length P.
        space (LabelSpace): Tables of HICO-DET.

    Returns:
        dict: `file_name`, `img_id`, `annotations` and `hoi_annotation`.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> record = hoia_record('a_3.jpg', np.array([[1, 1, 9, 9]]),
        ...                      np.array([[2, 2, 8, 8]]), [153],
        ...                      load_label_space('hico_det'))
        >>> record['annotations'][1]
        {'bbox': [2, 2, 8, 8], 'category_id': 4}
        >>> record['hoi_annotation'][0]['hoi_category_id']
        154
    """
    index_of: Dict[Tuple, int] = {}

    def index(bbox: np.ndarray, category: int) -> int:
        key = (*map(_short, bbox.tolist()), category)
        return index_of.setdefault(key, len(index_of))

    interactions = [
        dict(
            subject_id=index(sub_bbox, PERSON_CATEGORY),
            object_id=index(obj_bbox,
                            space.category_ids[space.hoi_objects[hoi]]),
            category_id=int(space.hoi_verbs[hoi]) + 1,
            hoi_category_id=int(hoi) + 1)
        for sub_bbox, obj_bbox, hoi in zip(sub_bboxes, obj_bboxes, hois)
    ]
    return dict(
        file_name=file_name,
        img_id=image_number(file_name),
        annotations=[
            dict(bbox=list(bbox), category_id=category)
            for *bbox, category in index_of
        ],
        hoi_annotation=interactions)


def write_hoia(path: Union[str, Path], records: List[dict]) -> None:
    """Write a HOIA json; an interrupted write leaves no broken file.

    Args:
        path (str | Path): File to write; its folder is made if need be.
        records (list[dict]): Entries of the images.
    """
    write_json(path, records)


def _short(number: float) -> Union[int, float]:
    """Whole numbers as int, as the files of the field have them."""
    return int(number) if float(number).is_integer() else float(number)
