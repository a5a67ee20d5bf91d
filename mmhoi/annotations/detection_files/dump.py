# Copyright (c) mmhoi contributors.
"""Our own file of boxes: .json to read, .npz for large collections.

Both hold `format` (the text `mmhoi_detections`), `classes` (names of the
labels) and for each image `file_name`, `boxes` (xyxy in 0-based pixels of the
original image), `labels` (places among the classes) and `scores`. In the
json, `images` is a list of dicts with these; in the npz, `file_names` has one
entry for each image, `boxes`, `labels` and `scores` one for each box, image
after image, and `starts` has the first row of each image and the number of
all boxes.
"""
from pathlib import Path
from typing import Dict, Sequence

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils import npz_files
from mmhoi.utils.text_files import write_json
from mmhoi.utils.whole_file import write_whole
from .categories import find_labels
from .detection_table import Detections, DetectionTable, build_table

FORMAT = 'mmhoi_detections'
ENDINGS = ('.json', '.npz')
ARRAYS: Dict[str, str] = dict(
    classes='U', file_names='U', starts='i', boxes='f', labels='i', scores='f')
REMEDY = 'write it with tools/analysis_tools/dump_detections.py'


def write_detections(path: Path, classes: Sequence[str],
                     file_names: Sequence[str],
                     detections: Sequence[Detections]) -> None:
    """Write the boxes of M images.

    Args:
        path (Path): A .json or .npz, which takes its place when it is whole.
        classes (Sequence[str]): Names of the labels.
        file_names (Sequence[str]): File of each image, relative to the folder
            of the images.
        detections (Sequence[Detections]): Boxes of each image.

    Raises:
        OSError: If the folder cannot be written to.
        ValueError: If the name has another ending.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> from mmhoi.label_spaces import load_label_space
        >>> box = Detections(np.array([[1., 2., 3., 4.]], np.float32),
        ...                  np.array([0]), np.array([0.5], np.float32))
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, 'boxes.npz')
        ...     write_detections(path, ['person'], ['a.jpg'], [box])
        ...     table = read_npz(path, load_label_space('hico_det'))
        >>> table.find('a.jpg').boxes.tolist()
        [[1.0, 2.0, 3.0, 4.0]]
    """
    if path.suffix not in ENDINGS:
        raise ValueError(f'"{path}" must end in {" or ".join(ENDINGS)}')
    if path.suffix == '.json':
        images = [
            dict(
                file_name=name,
                **{
                    key: array.tolist()
                    for key, array in found._asdict().items()
                }) for name, found in zip(file_names, detections)
        ]
        write_json(path,
                   dict(format=FORMAT, classes=list(classes), images=images))
        return
    counts = [len(found.boxes) for found in detections]
    rows = map(np.concatenate, zip(Detections.none(), *detections))
    with write_whole(path) as draft, draft.open('wb') as file:
        np.savez_compressed(
            file,
            format=FORMAT,
            classes=np.array(classes, str),
            file_names=np.array(file_names, str),
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            **dict(zip(Detections._fields, rows)))


def read_npz(path: Path, space: LabelSpace) -> DetectionTable:
    """Read our npz.

    Args:
        path (Path): The file.
        space (LabelSpace): The classes that are wanted.

    Returns:
        DetectionTable: Its boxes.

    Raises:
        ValueError: If it is damaged, of another layout or too large, or a box
            or class cannot be used.
    """
    try:
        found = npz_files.read_npz(path)
    except npz_files.NpzFileError as error:
        if isinstance(error.__cause__, MemoryError):
            raise ValueError('there are more boxes than the memory holds; '
                             'leave out those of low scores') from error
        raise ValueError(
            f'it cannot be read as .npz ({error}); {REMEDY}') from error
    wrong = [
        name for name, kind in ARRAYS.items() if name not in found
        or found[name].dtype.kind != kind or not found[name].ndim
    ]
    if found.get('format') != FORMAT or wrong:
        raise ValueError('it is no file of boxes: format is '
                         f'{found.get("format")}, wrong or missing: '
                         f'{", ".join(wrong) or "nothing"}; {REMEDY}')
    starts, names = found['starts'], found['file_names'].tolist()
    counts = np.diff(starts)
    if (starts.shape != (len(names) + 1, ) or (counts < 0).any() or starts[0]
            or starts[-1] != len(found['boxes'])):
        raise ValueError('starts does not divide '
                         f'{len(found["boxes"])} boxes among {len(names)} '
                         f'images; {REMEDY}')
    rows = Detections(*(found[name] for name in Detections._fields))
    return _own_table(names, np.repeat(np.arange(len(names)), counts), rows,
                      found['classes'].tolist(), space, path)


def table_of_dump(content: dict, space: LabelSpace,
                  path: Path) -> DetectionTable:
    """Table of our json.

    Args:
        content (dict): As `parse_json` returns it.
        space (LabelSpace): The classes that are wanted.
        path (Path): The file, for messages.

    Returns:
        DetectionTable: Its boxes.

    Raises:
        ValueError: If it has another layout, or a box or class cannot be
            used.
    """
    images, classes = content.get('images'), content.get('classes')
    if not (isinstance(images, list) and images and isinstance(classes, list)
            and all(
                isinstance(x, dict) and 'detections' in x
                and isinstance(x.get('file_name'), str) for x in images)):
        raise ValueError(
            'it must have the lists classes and images, and each image '
            f'file_name, boxes, labels and scores; {REMEDY}')
    rows, places = join_images([x['detections'] for x in images],
                               [x['file_name'] for x in images])
    return _own_table([x['file_name'] for x in images], places, rows, classes,
                      space, path)


def join_images(detections: Sequence[Detections],
                names: Sequence[str]) -> tuple:
    """Put the boxes of M images into one array.

    Args:
        detections (Sequence[Detections]): Boxes of each, R in all.
        names (Sequence[str]): What messages call the images.

    Returns:
        tuple[Detections, np.ndarray]: R rows, and the place of each one's
        image, shape (R, ).

    Raises:
        ValueError: If the arrays of an image do not fit together.
    """
    for name, (boxes, labels, scores) in zip(names, detections):
        num = boxes.shape[:1]
        if not (boxes.shape == (*num, 4)
                and labels.shape == num == scores.shape):
            raise ValueError(
                f'image "{name}" has boxes of the shape {boxes.shape}, labels '
                f'{labels.shape} and scores {scores.shape}; they must be '
                '(N, 4), (N) and (N)')
    places = np.repeat(
        np.arange(len(names)), [len(found.boxes) for found in detections])
    return Detections(*map(np.concatenate, zip(*detections))), places


def _own_table(names: Sequence[str], places: np.ndarray, rows: Detections,
               classes: Sequence[str], space: LabelSpace,
               path: Path) -> DetectionTable:
    """Table of boxes whose labels are places among named classes."""
    labels = rows.labels
    if len(labels) and not (labels.dtype.kind in 'iu' and labels.min() >= 0
                            and labels.max() < len(classes)):
        raise ValueError('labels must be whole numbers in '
                         f'0..{len(classes) - 1}, places among the classes')
    labels = find_labels(classes, space)[labels.astype(int)]
    return build_table(names, places, rows._replace(labels=labels), space,
                       str(path))
