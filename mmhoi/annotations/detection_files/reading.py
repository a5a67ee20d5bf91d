# Copyright (c) mmhoi contributors.
"""Boxes of any detector, by what its file holds."""
import warnings
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.import_speed import collector_paused
from mmhoi.utils.progress import tqdm
from mmhoi.utils.text_files import read_json
from .categories import label_classes
from .detection_table import Detections, DetectionTable, build_table
from .dump import FORMAT, join_images, read_npz, table_of_dump
from .image_index import ImageKey
from .json_rows import COCORows, parse_json

FORMATS: Dict[str, str] = {
    'coco': 'COCO results: a json list of image_id, category_id, bbox (x1, '
    'y1, width, height) and score',
    'hicodet': 'a json for each image, called like it, with boxes (x1, y1, '
    'x2, y2), labels and scores; or a folder of these',
    'mmhoi': 'a .json or .npz of tools/analysis_tools/dump_detections.py'
}


@collector_paused()
def read_detections(path: Union[str, Path],
                    space: LabelSpace,
                    format: Optional[str] = None,
                    categories: Any = None) -> DetectionTable:
    """Read the boxes that a detector has found.

    Classes are found by their names. Boxes of classes that the label space
    has not, and boxes without area, are left out, with a warning that counts
    them.

    Args:
        path (str | Path): A file, or a folder with a json for each image.
        space (LabelSpace): The classes that are wanted.
        format (str, optional): `coco`, `hicodet` or `mmhoi`, see `FORMATS`.
            Defaults to None: what the content tells.
        categories (Any): What class ids mean, see :func:`read_categories`. A
            file of `mmhoi`, and one that has `categories`, names its classes
            itself. Defaults to None.

    Returns:
        DetectionTable: Boxes of all images, in pixels of the original image,
        with labels of the label space.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        ValueError: If it cannot be read, is of another format, has no boxes,
            or a box or class id cannot be used.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f'boxes "{path}" do not exist; allowed: {_allowed()}')
    if format is not None and format not in FORMATS:
        raise ValueError(f'unknown format "{format}" of boxes; allowed: '
                         f'{_allowed()}')
    try:
        return _read(path, space, format, categories)
    except ValueError as error:
        raise ValueError(f'boxes "{path}": {error}') from error


def _read(path: Path, space: LabelSpace, format: Optional[str],
          categories: Any) -> DetectionTable:
    """The same, with errors that do not name the file."""
    if path.is_dir():
        found = 'hicodet'
    elif path.suffix == '.npz':
        found = 'mmhoi'
    elif path.suffix == '.json':
        rows = COCORows()
        content = parse_json(path, rows)
        found = _format_of(content, rows)
    else:
        found = None
    if found is None or format not in (None, found):
        raise ValueError(f'they are not of the format "{format}", but of '
                         f'"{found}"; allowed: {_allowed()}' if found else
                         f'they are of no known format; allowed: {_allowed()}')
    if found == 'mmhoi':
        if categories is not None:
            raise ValueError('they name their classes themselves; leave out '
                             '`categories`')
        return (read_npz(path, space) if path.suffix == '.npz' else
                table_of_dump(content, space, path))
    if found == 'coco':
        return _coco_table(content, rows, space, categories, path)
    images = (
        _read_folder(path) if path.is_dir() else {
            path.stem: content['detections']
        })
    return _image_table(images, space, categories, path)


def _allowed() -> str:
    return '; '.join(f'{name}: {text}' for name, text in FORMATS.items())


def _format_of(content: Any, rows: COCORows) -> Optional[str]:
    """What kind of json it is."""
    if len(rows):
        return 'coco'
    if content == []:
        raise ValueError('the list is empty: no box of any image')
    if isinstance(content, dict):
        if content.get('format') == FORMAT:
            return 'mmhoi'
        if 'detections' in content:
            return 'hicodet'
    return None


def _coco_table(content: Any, rows: COCORows, space: LabelSpace,
                categories: Any, path: Path) -> DetectionTable:
    """Table of COCO results, which may name categories and images."""
    images, listed = None, content
    if isinstance(content, dict):
        images, listed = _image_list(content), content.get('annotations')
        if images is None and content.get('images') is not None:
            raise ValueError('`images` must be a list of dicts with id and '
                             'file_name; correct it, or leave it out')
        # A list: a file cannot name another one to be read.
        if categories is None and isinstance(content.get('categories'), list):
            categories = content['categories']
    elif isinstance(categories, (str, Path)) and Path(categories).is_file():
        images = _image_list(_try_to_parse(Path(categories)))
    if isinstance(listed, list) and len(listed) != len(rows):
        raise ValueError(
            f'{len(listed) - len(rows)} of its {len(listed)} entries are no '
            'boxes: they have no bbox; leave them out')
    keys = _file_names(rows.keys, images) if images else rows.keys
    labels = _labels(rows.classes, space, categories, path)
    return build_table(keys, rows.images,
                       Detections(rows.boxes, labels, rows.scores), space,
                       str(path))


def _file_names(ids: List[ImageKey], images: List[dict]) -> List[ImageKey]:
    """File names of image ids, as a COCO annotation file tells them."""
    names = {image['id']: image['file_name'] for image in images}
    unknown = [key for key in ids if key not in names]
    if unknown:
        raise ValueError(
            f'image_id {unknown[0]!r} ({len(unknown)} of {len(ids)}) '
            f'is none of the {len(names)} images of the annotations; give '
            'the annotations of these images as `categories`')
    return [names[key] for key in ids]


def _try_to_parse(path: Path) -> Any:
    """Content of a json; None if it is none."""
    try:
        return read_json(path)
    except ValueError:
        return None


def _image_list(content: Any) -> Optional[List[dict]]:
    """The images of a COCO annotation file, if it is one."""
    images = content.get('images') if isinstance(content, dict) else None
    is_coco = isinstance(images, list) and all(
        isinstance(image, dict) and isinstance(image.get('id'), (int, str))
        and isinstance(image.get('file_name'), str) for image in images)
    return images if is_coco else None


def _read_folder(path: Path) -> Dict[str, Detections]:
    """Boxes of each json of a folder."""
    files = sorted(path.glob('*.json'))
    if not files:
        raise ValueError('the folder has no .json of an image')
    images = {}
    for file in tqdm(files, path.name, unit=' images', delay=1):
        try:
            content = parse_json(file, COCORows(), progress=False)
        except ValueError as error:
            raise ValueError(f'{file.name}: {error}') from error
        if not isinstance(content, dict) or 'detections' not in content:
            raise ValueError(f'{file.name} must have boxes, labels and scores '
                             'of the image of that name')
        images[file.stem] = content['detections']
    return images


def _image_table(images: Dict[str, Detections], space: LabelSpace,
                 categories: Any, path: Path) -> DetectionTable:
    """Table of boxes by the names of their images."""
    names = list(images)
    rows, places = join_images(list(images.values()), names)
    labels = _labels(rows.labels, space, categories, path)
    return build_table(names, places, rows._replace(labels=labels), space,
                       str(path))


def _labels(classes: np.ndarray, space: LabelSpace, categories: Any,
            path: Path) -> np.ndarray:
    """Labels of boxes; warns of classes that the label space has not."""
    labels, unknown = label_classes(classes, categories, space)
    if unknown:
        names = ', '.join(f'{name} ({n})' for name, n in unknown.items())
        warnings.warn(f'{path}: boxes of classes that are no objects of the '
                      f'label space are left out: {names}')
    return labels
