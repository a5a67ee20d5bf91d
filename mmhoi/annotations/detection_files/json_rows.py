# Copyright (c) mmhoi contributors.
"""Reading json of boxes without an object in memory for each number."""
from array import array
from pathlib import Path
from typing import Any, Dict, List

import numpy as np

from mmhoi.utils.memory_limit import memory_limit
from mmhoi.utils.progress import tqdm
from mmhoi.utils.text_files import TextFileError, read_json
from .detection_table import Detections
from .image_index import ImageKey

COCO_KEYS = ('image_id', 'category_id', 'bbox', 'score')
IMAGE_KEYS = ('boxes', 'labels', 'scores')


class COCORows:
    """Collects entries of COCO results as they are parsed.

    Attributes:
        keys (list[int | str]): Ids of the images, in the order of their first
            boxes.
    """

    def __init__(self) -> None:
        self.keys: List[ImageKey] = []
        self._place: Dict[ImageKey, int] = {}
        self._images, self._classes = array('q'), array('q')
        self._boxes, self._scores = array('d'), array('d')

    def __len__(self) -> int:
        """Number of boxes."""
        return len(self._scores)

    def add(self, entry: dict) -> None:
        """Take an entry.

        Args:
            entry (dict): With `image_id`, `category_id`, `bbox` (x1, y1,
                width, height) and `score`.

        Raises:
            ValueError: If one of them is missing or of another type.
        """
        where = f'box {len(self)} of the file'
        missing = [key for key in COCO_KEYS if key not in entry]
        if missing:
            raise ValueError(
                f'{where} lacks {", ".join(missing)}; every box needs '
                f'{", ".join(COCO_KEYS)} (annotations of a data set have no '
                'scores: LoadGTDetections takes those)')
        image_id, category_id, bbox, score = (entry[k] for k in COCO_KEYS)
        if not isinstance(image_id, (int, str)):
            raise ValueError(f'{where}: image_id {image_id!r} is neither a '
                             'number nor a text')
        if image_id not in self._place:
            self._place[image_id] = len(self.keys)
            self.keys.append(image_id)
        try:
            x1, y1, width, height = bbox
            self._boxes.extend((x1, y1, width, height))
            self._classes.append(category_id)
            self._images.append(self._place[image_id])
            self._scores.append(score)
        except (OverflowError, TypeError, ValueError) as error:
            raise ValueError(
                f'{where}: bbox must be four numbers, category_id a whole '
                f'number and score a number ({error})') from error

    @property
    def images(self) -> np.ndarray:
        """np.ndarray: Place of each box's image among the keys, (R, )."""
        return np.frombuffer(self._images, np.int64)

    @property
    def classes(self) -> np.ndarray:
        """np.ndarray: Class id of each box, (R, )."""
        return np.frombuffer(self._classes, np.int64)

    @property
    def boxes(self) -> np.ndarray:
        """np.ndarray: x1, y1, x2, y2 of each box, (R, 4)."""
        boxes = np.frombuffer(self._boxes).reshape(-1, 4).copy()
        boxes[:, 2:] += boxes[:, :2]
        return boxes

    @property
    def scores(self) -> np.ndarray:
        """np.ndarray: Score of each box, (R, )."""
        return np.frombuffer(self._scores)


def parse_json(path: Path, rows: COCORows, progress: bool = True) -> Any:
    """Parse a json, with arrays in the place of boxes.

    Args:
        path (Path): The file, in UTF-8.
        rows (COCORows): Takes the entries of COCO results, in whose place the
            content has None.
        progress (bool): Whether a bar shows that it takes time. Defaults to
            True.

    Returns:
        Any: What it holds; dicts with boxes, labels and scores have these as
        `Detections` under the key `detections`.

    Raises:
        ValueError: If it is not valid JSON, too large for the memory, or an
            entry cannot be understood.
    """
    bar = tqdm(desc=path.name, unit=' objects', delay=1, disable=not progress)

    def collect(entry: dict) -> Any:
        bar.update()
        if 'bbox' in entry:
            return rows.add(entry)
        if 'boxes' in entry:
            return image_entry(entry)
        return entry

    try:
        with bar, memory_limit(path.stat().st_size):
            return read_json(path, collect)
    except MemoryError as error:
        raise ValueError(
            'there are more boxes than the memory holds; leave out those of '
            'low scores, or write a .npz') from error
    except TextFileError as error:
        raise ValueError(f'it is not valid JSON ({error}); if it is '
                         'incomplete, write it again') from error


def image_entry(entry: dict) -> dict:
    """Entry of an image with its boxes as arrays.

    Args:
        entry (dict): With `boxes` (N of x1, y1, x2, y2), `labels` (N ids or
            names) and `scores` (N).

    Returns:
        dict: The rest of it, and `detections`.

    Raises:
        ValueError: If something is missing or no array of numbers.
    """
    name = entry.get('file_name')
    where = f'image "{name}"' if name else 'the image'
    missing = [key for key in IMAGE_KEYS if key not in entry]
    if missing:
        raise ValueError(f'{where} lacks {", ".join(missing)}; boxes need '
                         'labels and scores')
    try:
        boxes, scores = (
            np.array(entry[key], float) for key in ('boxes', 'scores'))
        labels = np.array(entry['labels'])
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f'{where}: boxes, labels and scores are no arrays '
                         f'({error})') from error
    # An empty list tells neither width nor type.
    detections = Detections(
        boxes if boxes.size else np.zeros((0, 4)),
        labels if labels.size else np.zeros(0, int), scores)
    rest = {key: x for key, x in entry.items() if key not in IMAGE_KEYS}
    return dict(rest, detections=detections)
