# Copyright (c) mmhoi contributors.
"""Boxes that a user gives with images: arrays, detections of others, files."""
import os
import warnings
from pathlib import Path
from typing import Any, List, Optional, Sequence

import numpy as np
from mmengine.config import ConfigDict
from torch import nn

from mmhoi.annotations.detection_files import (Detections, DetectionTable,
                                               check_detections,
                                               read_detections)
from mmhoi.annotations.detection_files.categories import label_classes
from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.image_decoding import ImageReadError
from mmhoi.utils.image_orientation import image_frames
from mmhoi.utils.source_image import SourceImage

ARRAY_KEYS = ('bboxes', 'labels', 'scores')
FILE_KEYS = ('file', 'format', 'categories')
ALLOWED = (
    'a file or folder of boxes, dict(file=..., format=..., categories=...), '
    'dict(bboxes=..., labels=..., scores=..., categories=...), an object with '
    'xyxy, class_id and confidence, or a list with one of the latter two for '
    'each image')
# Transforms that take boxes from elsewhere than the user.
LOADERS = ('LoadDetections', 'LoadGTDetections')


class ListedBoxes:
    """Boxes that are given for one image after the other.

    Args:
        detections (Sequence[Detections]): Of each image.
    """

    def __init__(self, detections: Sequence[Detections]) -> None:
        self.left = iter(detections)

    def of(self, item: SourceImage) -> Detections:
        """Boxes of the next image.

        Args:
            item (SourceImage): The image.

        Returns:
            Detections: In its pixels.

        Raises:
            ValueError: If there are more images than boxes.
        """
        found = next(self.left, None)
        if found is None and isinstance(item.image, ImageReadError):
            return Detections.none()
        if found is None:
            raise ValueError(f'there are no `boxes` for {item.path}: the list '
                             'is shorter than the images')
        return found


class TableBoxes:
    """Boxes that a file gives by the names of the images.

    Args:
        table (DetectionTable): Boxes of all images.
        what (str): What messages call it.
    """

    def __init__(self, table: DetectionTable, what: str) -> None:
        self.table, self.what = table, what
        self.warned = self.warned_of_turned = False

    def of(self, item: SourceImage) -> Detections:
        """Boxes of an image, none if the file does not name it.

        Args:
            item (SourceImage): The image.

        Returns:
            Detections: In its pixels.
        """
        found = self.table.find(image_name(item))
        if found is None and not self.warned:
            self.warned = True
            warnings.warn(f'{self.what}: no boxes of "{image_name(item)}", so '
                          'that no pair is found in it; later ones are not '
                          'told')
        if found is None:
            return Detections.none()
        self._warn_of_turned(item)
        return found

    def _warn_of_turned(self, item: SourceImage) -> None:
        """Say once that boxes of a turned image may be in another frame."""
        if self.warned_of_turned or not os.path.isfile(item.path):
            return
        try:
            orientation = image_frames(item.path).orientation
        except (OSError, ValueError):
            # Who reads the image says so.
            return
        if orientation > 1:
            self.warned_of_turned = True
            warnings.warn(
                f'{self.what}: "{item.path}" has the EXIF orientation '
                f'{orientation} and is seen upright; boxes must be in '
                'pixels of the upright image, which those of '
                'dump_detections.py are not. Later ones are not told')


def image_name(item: SourceImage) -> str:
    """What a file of boxes calls an image.

    Args:
        item (SourceImage): The image.

    Returns:
        str: Its path; for frames and arrays the name of what is written of
        them, such as `frame_000012.jpg`.
    """
    return item.path if isinstance(item.image, (str, Path)) else item.name


def takes_boxes(model: nn.Module) -> bool:
    """Whether a model makes pairs of boxes that come with the images.

    Args:
        model (nn.Module): The model.

    Returns:
        bool: What it says of itself.
    """
    return getattr(model, 'TAKES_BOXES', False)


def open_boxes(boxes: Any, source: Any, model: nn.Module) -> Any:
    """Find out which boxes are given, before anything is predicted.

    Args:
        boxes (Any): One of

            - path of a file or folder, or a dict of `file` and optionally
              `format` and `categories`, see
              :func:`mmhoi.annotations.detection_files.read_detections`;
            - a dict of `bboxes` (N, 4) xyxy in pixels of the image, `labels`
              (N, ) ids or names, `scores` (N, ) 0..1, and optionally
              `categories`, the names of ids (default: they are places in
              `dataset_meta['classes']`);
            - an object with `xyxy`, `class_id` and `confidence` as
              supervision's Detections; names are those of
              `data['class_name']`;
            - a list of the latter two, one for each image.
        source (ImageList | FrameSequence): The images.
        model (nn.Module): The detector of pairs.

    Returns:
        ListedBoxes | TableBoxes: `of(item)` gives an image's `Detections`.

    Raises:
        FileNotFoundError: If a file does not exist.
        TypeError: If the model does not take boxes, or `boxes` is nothing of
            these.
        ValueError: If boxes cannot be used, or are of other images.
    """
    if not takes_boxes(model):
        raise TypeError(
            f'{type(model).__name__} finds humans and objects by itself and '
            'takes no `boxes`; leave them out, or use a two-stage model such '
            'as upt_mini_synhico_roi')
    space = model.hoi_head.label_space
    if isinstance(boxes, (str, Path)):
        boxes = dict(file=boxes)
    if isinstance(boxes, dict) and 'file' in boxes:
        return _open_file(boxes, source, space)
    if not isinstance(boxes, (list, tuple)):
        boxes = [boxes]
    # How many frames there are is known at the end.
    if not source.is_video and len(boxes) != len(source):
        raise ValueError(f'there are `boxes` for {len(boxes)} images and '
                         f'{len(source)} images; allowed: {ALLOWED}')
    return ListedBoxes(
        [_detections(x, space, f'boxes[{i}]') for i, x in enumerate(boxes)])


def with_given_boxes(transforms: Sequence[ConfigDict]) -> List[ConfigDict]:
    """A test pipeline that takes boxes from the user.

    Args:
        transforms (Sequence[ConfigDict]): The pipeline.

    Returns:
        list[ConfigDict]: The same, with `PlaceDetections` in the place of
        what loads boxes, or before the packing.

    Examples:
        >>> [x['type'] for x in with_given_boxes(
        ...     [dict(type='DETRResize'), dict(type='PackHOIInputs')])]
        ['DETRResize', 'PlaceDetections', 'PackHOIInputs']
    """
    changed, placed = [], False
    for transform in transforms:
        name = transform['type'].split('.')[-1]
        if name in LOADERS:
            transform = dict(
                type='PlaceDetections',
                score_thr=transform.get('score_thr', 0.))
        elif name == 'PackHOIInputs' and not placed:
            changed.append(dict(type='PlaceDetections'))
        placed = placed or name in LOADERS
        changed.append(transform)
    return changed


def _open_file(boxes: dict, source: Any, space: LabelSpace) -> TableBoxes:
    _check_keys(boxes, FILE_KEYS)
    what = f'boxes "{boxes["file"]}"'
    table = read_detections(boxes['file'], space, boxes.get('format'),
                            boxes.get('categories'))
    if not source.is_video:
        table.check_images(((image_name(item), None) for item in source), what)
    return TableBoxes(table, what)


def _detections(boxes: Any, space: LabelSpace, where: str) -> Detections:
    """Boxes of an image as arrays with our labels."""
    try:
        if not isinstance(boxes, dict):
            boxes = _arrays_of_object(boxes)
        _check_keys(boxes, (*ARRAY_KEYS, 'categories'))
        missing = [key for key in ARRAY_KEYS if boxes.get(key) is None]
        if missing:
            raise ValueError(f'there are no {", ".join(missing)}; boxes need '
                             f'{", ".join(ARRAY_KEYS)}')
        arrays = [np.asarray(boxes['bboxes'], float)]
        arrays.append(_labels(np.asarray(boxes['labels']), boxes, space))
        arrays.append(np.asarray(boxes['scores'], float))
        if not arrays[0].size:
            arrays[0] = arrays[0].reshape(0, 4)
        found = Detections(*arrays)
        check_detections(found, lambda row: f'row {row}')
    except (TypeError, ValueError) as error:
        raise type(error)(f'{where}: {error}') from error
    found = found.select(found.labels >= 0)
    return Detections(
        found.boxes.astype(np.float32), found.labels,
        found.scores.clip(0, 1).astype(np.float32))


def _labels(classes: np.ndarray, boxes: dict, space: LabelSpace) -> np.ndarray:
    if classes.ndim != 1 or not classes.size:
        return classes.astype(np.int64).reshape(-1)
    labels, unknown = label_classes(classes,
                                    boxes.get('categories') or 'label_space',
                                    space)
    if unknown:
        warnings.warn('boxes of classes that are no objects of the label '
                      f'space are left out: {", ".join(unknown)}')
    return labels


def _arrays_of_object(boxes: Any) -> dict:
    """Arrays of what is laid out as supervision's Detections."""
    xyxy = getattr(boxes, 'xyxy', None)
    if xyxy is None:
        raise TypeError(f'a {type(boxes).__name__} is no boxes; allowed: '
                        f'{ALLOWED}')
    names = (getattr(boxes, 'data', None) or {}).get('class_name')
    if names is None and len(xyxy):
        raise ValueError(
            'class ids have no names (data["class_name"]); give them, or '
            'dict(bboxes=x.xyxy, labels=x.class_id, scores=x.confidence, '
            'categories=...), with "coco", "label_space" or the list of the '
            'names as categories')
    scores = getattr(boxes, 'confidence', None)
    if not len(xyxy):
        names, scores = [], []
    return dict(
        bboxes=xyxy,
        labels=None if names is None else np.asarray(names, str),
        scores=scores)


def _check_keys(boxes: dict, known: Sequence[str]) -> None:
    unknown = [key for key in boxes if key not in known]
    if unknown:
        raise ValueError(f'boxes have the unknown key "{unknown[0]}"; '
                         f'allowed: {ALLOWED}')


def box_entries(boxes: Optional[Any], items: Sequence[SourceImage]) -> list:
    """What the pipeline is given of the boxes of a batch.

    Args:
        boxes (ListedBoxes | TableBoxes, optional): What `open_boxes` returns;
            None without boxes.
        items (Sequence[SourceImage]): B images.

    Returns:
        list[dict]: B entries for the dicts that the pipeline begins with.
    """
    if boxes is None:
        return [{} for _ in items]
    return [dict(detections=boxes.of(item)) for item in items]
