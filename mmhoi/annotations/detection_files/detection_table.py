# Copyright (c) mmhoi contributors.
"""The boxes of all images of a file, as few large arrays."""
import warnings
from dataclasses import dataclass, field
from typing import Callable, Iterable, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from mmhoi.label_spaces import LabelSpace
from .image_index import ImageIndex, ImageKey

#: Object index of the person, in every label space.
PERSON = 0
#: Pairs are quadratic in the boxes, of which detectors give 100 or 300.
MAX_BOXES_PER_IMAGE = 10_000
#: Largest coordinate that must mean fractions of the image.
MAX_NORMALISED = 1.5
#: Rounding may lift a score above 1.
MAX_SCORE = 1 + 1e-4


class Detections(NamedTuple):
    """Boxes of an image.

    Attributes:
        boxes (np.ndarray): xyxy in pixels, 0-based, float32, shape (N, 4).
        labels (np.ndarray): Object indices, int64, shape (N, ).
        scores (np.ndarray): 0..1, float32, shape (N, ).
    """
    boxes: np.ndarray
    labels: np.ndarray
    scores: np.ndarray

    @classmethod
    def none(cls) -> 'Detections':
        """No boxes.

        Returns:
            Detections: Of an image in which nothing was found.
        """
        return cls(
            np.zeros((0, 4), np.float32), np.zeros(0, np.int64),
            np.zeros(0, np.float32))

    def select(self, rows: np.ndarray) -> 'Detections':
        """Some of the boxes.

        Args:
            rows (np.ndarray): Which: bool (N, ), or indices.

        Returns:
            Detections: These.
        """
        return Detections(*(array[rows] for array in self))


@dataclass(frozen=True)
class DetectionTable:
    """Boxes of M images, R in all; a copy of it is never made per image.

    Attributes:
        keys (Sequence[int | str]): What the file calls each image: a number
            or the name of its file.
        starts (np.ndarray): First row of each image, and R, shape (M + 1, ).
        rows (Detections): The boxes of all images in the pixels of the
            original images, R rows.

    Raises:
        ValueError: If an image is named twice.

    Examples:
        >>> import numpy as np
        >>> table = DetectionTable(
        ...     ['a.jpg', 'b.jpg'], np.array([0, 1, 1]),
        ...     Detections(np.array([[1., 1., 5., 9.]], np.float32),
        ...                np.array([0]), np.array([0.9], np.float32)))
        >>> len(table.find('images/a.jpg').boxes), table.find('c.jpg')
        (1, None)
    """
    keys: Sequence[ImageKey]
    starts: np.ndarray
    rows: Detections
    index: ImageIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, 'index', ImageIndex(self.keys))

    def __len__(self) -> int:
        """Number of images."""
        return len(self.keys)

    def __getitem__(self, image: int) -> Detections:
        """Boxes of an image by its place."""
        return self.rows.select(
            slice(self.starts[image], self.starts[image + 1]))

    def find(self,
             path: str,
             img_id: Optional[int] = None) -> Optional[Detections]:
        """Boxes of an image.

        Args:
            path (str): Its file, which the table may name without folders or
                ending.
            img_id (int, optional): Its number. Defaults to None: the one that
                the name of the file ends with.

        Returns:
            Detections or None: Its boxes; None if the table does not name it.

        Raises:
            ValueError: If several images may be meant.
        """
        image = self.index.find(path, img_id)
        return None if image is None else self[image]

    def check_images(self, images: Iterable[Tuple[str, Optional[int]]],
                     what: str) -> None:
        """Compare the images with those that boxes are wanted for.

        An image that has none may be one without boxes, which many programs
        leave out: a warning counts them.

        Args:
            images (Iterable[tuple]): File and number of each, as for `find`.
            what (str): What the table is called in messages.

        Raises:
            ValueError: If the table has none of them, or one image of it may
                be several of them.
        """
        missing, users = [], {}
        for path, img_id in images:
            row = self.index.find(path, img_id)
            if row is None:
                missing.append(path)
            elif users.setdefault(row, path) != path:
                raise ValueError(
                    f'{what}: its image {self.keys[row]!r} may be '
                    f'"{users[row]}" or "{path}"; name images with their '
                    'folders')
        total = len(missing) + len(users)
        if missing and not users:
            raise ValueError(
                f'{what}: none of its {len(self)} images (such as '
                f'{self.keys[0]!r}) is among the {total} that boxes are '
                f'wanted for (such as "{missing[0]}"); give the file of these '
                'images')
        if missing:
            warnings.warn(
                f'{what}: {len(missing)} of {total} images have no boxes '
                f'(such as "{missing[0]}"); no pair is found in them')


def check_detections(detections: Detections, place: Callable[[int],
                                                             str]) -> None:
    """Check arrays of boxes.

    Args:
        detections (Detections): The arrays, of any types.
        place (Callable): From a row to the text that messages name it by.

    Raises:
        ValueError: If shapes do not fit together, a value is not finite, a
            box is inside out or a score is not in 0..1.
    """
    boxes, labels, scores = detections
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f'boxes have the shape {boxes.shape}, not (N, 4): '
                         'x1, y1, x2, y2 in pixels')
    for name, array in (('labels', labels), ('scores', scores)):
        if array.shape != boxes.shape[:1]:
            raise ValueError(f'{len(boxes)} boxes have {name} of the shape '
                             f'{array.shape}; each needs one')
    not_finite = ~(np.isfinite(boxes).all(1) & np.isfinite(scores))
    inside_out = (boxes[:, 2:] < boxes[:, :2]).any(1)
    no_score = (scores < 0) | (scores > MAX_SCORE)
    for bad, text in ((not_finite, 'is not finite'),
                      (inside_out,
                       'has a negative width or height (boxes are x1, y1, x2, '
                       'y2; in COCO results x1, y1, width, height)'),
                      (no_score, 'has no score in 0..1')):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise ValueError(
                f'{place(row)}: box {boxes[row].tolist()} with score '
                f'{float(scores[row]):g} {text}; {int(bad.sum())} such boxes')
    if len(boxes) and boxes.max() <= MAX_NORMALISED:
        raise ValueError(
            f'no coordinate of {len(boxes)} boxes is above {boxes.max():g}: '
            'they seem to be fractions of the image; give pixels of the '
            'original image')


def build_table(keys: Sequence[ImageKey], images: np.ndarray, rows: Detections,
                space: LabelSpace, what: str) -> DetectionTable:
    """Check boxes, leave out what cannot be used and sort them by image.

    Args:
        keys (Sequence[int | str]): What the file calls each of M images.
        images (np.ndarray): Place of each box's image among the keys, (R, ).
        rows (Detections): The boxes; a label of -1 is left out.
        space (LabelSpace): Its classes.
        what (str): What the file is called in messages.

    Returns:
        DetectionTable: At most R boxes, those of an image in their order.

    Raises:
        ValueError: If there is an error, see `check_detections`; or an image
            has too many boxes.
    """
    check_detections(rows, lambda row: f'image {keys[images[row]]!r}')
    has_area = (rows.boxes[:, 2:] > rows.boxes[:, :2]).all(1)
    if not has_area.all():
        warnings.warn(f'{what}: {int((~has_area).sum())} of {len(has_area)} '
                      'boxes have no area and are left out')
    kept = np.flatnonzero(has_area & (rows.labels >= 0))
    kept = kept[np.argsort(images[kept], kind='stable')]
    counts = np.bincount(images[kept], minlength=len(keys))
    if len(counts) and counts.max() > MAX_BOXES_PER_IMAGE:
        raise ValueError(
            f'image {keys[int(counts.argmax())]!r} has {counts.max()} boxes; '
            f'at most {MAX_BOXES_PER_IMAGE} of an image can be paired; leave '
            'out those of low scores')
    labels = rows.labels[kept].astype(np.int64)
    if not (labels == PERSON).any():
        warnings.warn(f'{what}: none of {len(labels)} boxes is of the class '
                      f'"{space.objects[PERSON]}"; no pair is found without')
    return DetectionTable(
        list(keys), np.concatenate([[0], np.cumsum(counts)]),
        Detections(rows.boxes[kept].astype(np.float32), labels,
                   rows.scores[kept].clip(0, 1).astype(np.float32)))
