# Copyright (c) mmhoi contributors.
"""V-COCO detections as JSON lines: one object per line, one line per image.

The keys are `image_id` and `persons`, a list of objects with the keys of
`vcoco_persons`: `person_box`, `<action>_agent`, `<action>_<role>`. A role box
of zeros is "no object"; what is not predicted is left out or null.
"""
import json
from pathlib import Path
from typing import Any, Dict, List

import numpy as np

from mmhoi.structures import VCOCODetections
from mmhoi.utils.memory_limit import memory_limit
from mmhoi.utils.progress import tqdm
from mmhoi.utils.text_files import json_lines, open_to_write
from ..functional.vcoco_matching import is_no_object
from .vcoco_persons import BOX_KEY, join_persons, split_persons
from .vcoco_pickle import whole_number


def read_vcoco_json_lines(path: Path) -> VCOCODetections:
    """Read JSON lines; empty lines are skipped.

    Args:
        path (Path): The file, in UTF-8.

    Returns:
        VCOCODetections: Persons in the order of the file.

    Raises:
        ValueError: If a line is not valid or has another layout.
    """
    image_ids: List[int] = []
    persons: List[Dict[str, Any]] = []
    with memory_limit(path.stat().st_size):
        for number, line in tqdm(
                json_lines(path), path.name, unit=' images', delay=1):
            where = f'{path}: line {number}'
            _check(line, where)
            image = whole_number(line['image_id'], where)
            persons += line['persons']
            image_ids += [image] * len(line['persons'])
        return join_persons(image_ids, persons, path)


def write_vcoco_json_lines(path: Path, det: VCOCODetections) -> None:
    """Write JSON lines.

    Args:
        path (Path): The file.
        det (VCOCODetections): M detected persons. Images without a person do
            not appear in the file.
    """
    # JSON has no NaN.
    is_empty = is_no_object(det.obj_bboxes)[:, None]
    det = det._replace(obj_bboxes=np.where(is_empty, 0, det.obj_bboxes))
    by_image: Dict[int, list] = {}
    for image, person in split_persons(det):
        by_image.setdefault(image, []).append(person)
    with open_to_write(path) as file:
        for image, persons in tqdm(
                by_image.items(), path.name, unit=' images', delay=1):
            line = dict(image_id=image, persons=persons)
            file.write(json.dumps(line, separators=(',', ':')) + '\n')


def _check(line: Any, where: str) -> None:
    """Raise ValueError if a line has another structure."""
    if not isinstance(line,
                      dict) or not line.keys() >= {'image_id', 'persons'}:
        raise ValueError(f'{where} must be an object with image_id and '
                         'persons')
    if not isinstance(line['persons'], list) or not all(
            isinstance(person, dict) and BOX_KEY in person
            for person in line['persons']):
        raise ValueError(f'{where}: persons must be a list of objects with '
                         f'{BOX_KEY}')
