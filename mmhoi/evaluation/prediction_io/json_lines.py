# Copyright (c) mmhoi contributors.
"""Predictions as JSON lines: one object per line, one line per image.

The keys are `image_id`, `labels` (K 0-based HOI ids), `scores` (K),
`sub_bboxes` and `obj_bboxes` (K times [x1, y1, x2, y2]) and optionally
`image_size` ([width, height]), `top_obj_labels` (K, the object class that
the model predicts for the boxes, whichever HOI is scored) and `classes` (a
sign of the names of the HOIs, see `names_digest`).
"""
import json
from pathlib import Path
from typing import Any, Iterator, Tuple

import numpy as np

from mmhoi.structures import PairPredictions
from mmhoi.utils.memory_limit import memory_limit
from mmhoi.utils.progress import tqdm
from mmhoi.utils.text_files import json_lines, open_to_write
from .image_records import join_records, split_records


def read_json_lines(path: Path) -> PairPredictions:
    """Read JSON lines; empty lines are skipped.

    Args:
        path (Path): The file, in UTF-8.

    Returns:
        PairPredictions: Predictions in the order of the file.

    Raises:
        ValueError: If a line is not valid or has another layout.
    """
    with memory_limit(path.stat().st_size):
        return join_records(_records(path), path)


def write_json_lines(path: Path, predictions: PairPredictions) -> None:
    """Write predictions as JSON lines.

    Args:
        path (Path): The file.
        predictions (PairPredictions): Predictions of all images.
    """
    with open_to_write(path) as file:
        for image_id, size, record in tqdm(
                split_records(predictions),
                path.name,
                total=len(predictions.image_ids),
                unit=' images',
                delay=1):
            line = dict(image_id=image_id)
            if size is not None:
                line['image_size'] = size
            line.update(
                (name,
                 value.tolist() if isinstance(value, np.ndarray) else value)
                for name, value in record.items())
            file.write(json.dumps(line, separators=(',', ':')) + '\n')


def _records(path: Path) -> Iterator[Tuple[Any, Any, Any]]:
    """(image id, size, predictions) of each line."""
    for number, line in json_lines(path):
        if not isinstance(line, dict) or 'image_id' not in line:
            raise ValueError(
                f'{path}: line {number} must be an object with image_id, '
                'labels, scores, sub_bboxes and obj_bboxes')
        yield line['image_id'], line.get('image_size'), line
