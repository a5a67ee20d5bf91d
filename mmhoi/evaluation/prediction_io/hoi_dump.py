# Copyright (c) mmhoi contributors.
"""Predictions as `tools/test.py --out` writes them, pickle or json.

The layout is that of :class:`mmhoi.evaluation.metrics.DumpHOIResults`: a list
with one dict per image, `img_id`, `ori_shape` (height, width) and
`pred_hoi_instances`.
"""
import json
import pickle
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.structures import PairPredictions
from mmhoi.utils.progress import tqdm
from mmhoi.utils.text_files import open_to_write
from mmhoi.utils.whole_file import write_whole
from .image_records import CLASSES, join_records, split_records
from .json_file import read_json
from .safe_pickle import safe_load

LAYOUT = ('a list with one dict per image: img_id and pred_hoi_instances '
          '(labels, scores, sub_bboxes, obj_bboxes)')


def read_pickle_dump(path: Path) -> PairPredictions:
    """Read a pickled dump; nothing but plain data is unpickled.

    Args:
        path (Path): The file.

    Returns:
        PairPredictions: Predictions in the order of the file.

    Raises:
        ValueError: If the file has another layout.
    """
    return join_dump(safe_load(path), path)


def read_json_dump(path: Path) -> PairPredictions:
    """Read a dump in a json file.

    Args:
        path (Path): The file.

    Returns:
        PairPredictions: Predictions in the order of the file.

    Raises:
        ValueError: If the file has another layout.
    """
    return join_dump(read_json(path), path)


def join_dump(results: Any, path: Path) -> PairPredictions:
    """Join the results of all images.

    Args:
        results (Any): What a dump holds.
        path (Path): Its file, for messages.

    Returns:
        PairPredictions: Predictions in the order of the results.

    Raises:
        ValueError: If the results have another layout.
    """
    if not isinstance(results, list):
        raise ValueError(f'{path} holds a {type(results).__name__} where '
                         f'{LAYOUT} is needed; for another layout give '
                         '--format')
    return join_records(_records(results, path), path)


def write_pickle_dump(path: Path, predictions: PairPredictions,
                      space: LabelSpace) -> None:
    """Write predictions as a pickled dump with NumPy arrays.

    Args:
        path (Path): The file.
        predictions (PairPredictions): Predictions of all images.
        space (LabelSpace): Tells the object and verb of each HOI.
    """
    with write_whole(path) as draft, draft.open('wb') as file:
        pickle.dump(_results(predictions, space), file, protocol=4)


def write_json_dump(path: Path, predictions: PairPredictions,
                    space: LabelSpace) -> None:
    """Write predictions as a dump in a json file.

    Args:
        path (Path): The file.
        predictions (PairPredictions): Predictions of all images.
        space (LabelSpace): Tells the object and verb of each HOI.
    """
    with open_to_write(path) as file:
        # All at once, json.dump would take its slow way, without a C encoder.
        for index, result in enumerate(
                tqdm(
                    _results(predictions, space),
                    path.name,
                    unit=' images',
                    delay=1)):
            file.write(',\n' if index else '[')
            file.write(json.dumps(result, default=np.ndarray.tolist))
        file.write(']' if predictions.image_ids.size else '[]')


def _records(results: list, path: Path) -> Iterator[Tuple[Any, Any, Any]]:
    """(image id, size, predictions) of each image."""
    for index, result in enumerate(results):
        if not isinstance(result, dict) or not {
                'img_id', 'pred_hoi_instances'
        } <= result.keys():
            raise ValueError(f'{path}: entry {index} is not as in {LAYOUT}')
        shape = result.get('ori_shape')
        if shape is not None and not isinstance(shape, (list, tuple)):
            raise ValueError(f'{path}: entry {index}: ori_shape must be '
                             f'(height, width), not {shape!r}')
        record = result['pred_hoi_instances']
        if CLASSES in result and isinstance(record, dict):
            record = {**record, CLASSES: result[CLASSES]}
        yield (result['img_id'], None if shape is None else shape[1::-1],
               record)


def _results(predictions: PairPredictions, space: LabelSpace) -> List[dict]:
    """The content of a dump, with object and verb ids added."""
    results = []
    for image_id, size, record in split_records(predictions):
        result = dict(img_id=image_id)
        if CLASSES in record:
            result[CLASSES] = record.pop(CLASSES)
        if size is not None:
            result['ori_shape'] = (size[1], size[0])
        result['pred_hoi_instances'] = dict(
            record,
            obj_labels=space.hoi_objects[record['labels']],
            verb_labels=space.hoi_verbs[record['labels']])
        results.append(result)
    return results
