# Copyright (c) mmhoi contributors.
"""Composition of groups, distractors and background into a labelled scene."""
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

# Importing the modules below fills the registries of objects and poses.
from . import (  # noqa: F401 isort:skip
    interactions_animals, interactions_boards, interactions_carried,
    interactions_common, interactions_sports, interactions_vehicles,
    objects_animals, objects_carried, objects_furniture, objects_sports,
    objects_vehicles)
from .backgrounds import add_noise, render_background
from .drawing import Drawing, Frame
from .figure import Figure, Look
from .objects import OBJECTS
from .raster import Box, Canvas
from .stage import Stage, stand
from .vocabulary import all_labels, load_vocabulary

MAX_PEOPLE = 4
#: Range of the height of an adult in pixels by the number of groups, for
#: images of 192x160.
_ADULT = {1: (84, 118), 2: (66, 90), 3: (56, 70)}
_MIN_ADULT = 50


@dataclass
class Scene:
    """A rendered and labelled image.

    Attributes:
        image (np.ndarray): uint8 of shape (H, W, 3), RGB.
        boxes (np.ndarray): int64 of shape (N, 4), (x1, y1, x2, y2) in
            0-based inclusive pixels, tight and clipped to the image.
        labels (np.ndarray): int64 of shape (N, ), index into the 80 COCO
            classes; 0 is a person.
        pairs (list[tuple]): ``(subject index, object index, hoi ids)`` with
            a tuple of 0-based HOI ids for each interacting pair.
    """
    image: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    pairs: List[Tuple[int, int, Tuple[int, ...]]]


@dataclass
class _Group:
    """Something to be drawn as a whole, with where it goes."""
    drawing: Drawing
    names: List[str]
    pairs: List[Tuple[int, int, Tuple[int, ...]]]
    mirror: bool
    adult: float
    x: float = 0.0
    y: float = 0.0

    def __post_init__(self) -> None:
        x1, y1, x2, y2 = self.drawing.extent()
        self.bounds = (-x2, y1, -x1, y2) if self.mirror else (x1, y1, x2, y2)

    @property
    def width(self) -> float:
        """Width in pixels."""
        return (self.bounds[2] - self.bounds[0]) * self.adult

    @property
    def height(self) -> float:
        """Height in pixels."""
        return (self.bounds[3] - self.bounds[1]) * self.adult

    def rectangle(self) -> Tuple[float, float, float, float]:
        """Bounds in pixels once it is placed."""
        x1, y1, x2, y2 = (v * self.adult for v in self.bounds)
        return self.x + x1, self.y + y1, self.x + x2, self.y + y2


class SceneRenderer:
    """Renders scenes that show requested HOI classes.

    Args:
        width (int): Image width in pixels. Defaults to 192.
        height (int): Image height in pixels. Defaults to 160.

    Examples:
        >>> scene = SceneRenderer().render(np.random.default_rng(0), [139])
        >>> scene.image.shape, scene.pairs[0][2]
        ((160, 192, 3), (139, 141))
    """

    def __init__(self, width: int = 192, height: int = 160) -> None:
        if min(width, height) < 96:
            raise ValueError(f'the image must be at least 96x96 pixels, got '
                             f'{width}x{height}')
        self.width = width
        self.height = height
        self.unit = min(width / 192, height / 160)
        self.vocabulary = load_vocabulary()

    def render(self,
               rng: np.random.Generator,
               hoi_ids: Sequence[int],
               num_distractors: Optional[int] = None) -> Scene:
        """Render one scene.

        Args:
            rng (np.random.Generator): Source of all variety.
            hoi_ids (sequence[int]): Main HOI class of each group, one to
                three 0-based ids of the vocabulary.
            num_distractors (int, optional): How many people and objects
                without a pair to try to add; as many as find a free place
                are drawn. Default: random, at most 2.

        Returns:
            Scene: The image and its labels.
        """
        self._check(hoi_ids)
        groups = self._groups(rng, hoi_ids)
        self._arrange(rng, groups)
        if num_distractors is None:
            num_distractors = int(rng.choice(3, p=(0.5, 0.35, 0.15)))
        for _ in range(num_distractors):
            self._add_distractor(rng, groups)
        return self._paint(rng, groups)

    def _check(self, hoi_ids: Sequence[int]) -> None:
        if not 1 <= len(hoi_ids) <= 3:
            raise ValueError(f'a scene shows 1 to 3 main HOI classes, got '
                             f'{len(hoi_ids)}')
        unknown = set(hoi_ids) - set(self.vocabulary.classes)
        if unknown:
            raise ValueError(f'HOI ids {sorted(unknown)} are not rendered; '
                             'see load_vocabulary().classes')

    def _groups(self, rng: np.random.Generator,
                hoi_ids: Sequence[int]) -> List[_Group]:
        classes = [self.vocabulary.classes[i] for i in hoi_ids]
        people = sum(1 + (c.object == 'person') for c in classes)
        low, high = _ADULT[len(classes)]
        groups = []
        for hoi in classes:
            # A second subject would be a second instance: rare classes and
            # full scenes do without.
            spare = 0 if hoi.rare else max(MAX_PEOPLE - people, 0)
            stage = Stage(rng, hoi.verb, hoi.object, 1 + spare)
            people += len(stage.subjects) - 1
            labels = all_labels(hoi.hoi_id)
            pairs = [(subject, stage.object_instance,
                      (hoi.hoi_id, ) if subject in stage.verb_only else labels)
                     for subject in stage.subjects]
            if stage.mutual:
                pairs += [(o, s, labels) for s, o, _ in pairs]
            groups.append(
                _Group(stage.drawing, stage.names, pairs, stage.chance(0.5),
                       float(rng.uniform(low, high)) * self.unit))
        return groups

    def _arrange(self, rng: np.random.Generator, groups: List[_Group]) -> None:
        """Choose sizes and places so that all groups are in the image."""
        room = self.width * (0.97 if len(groups) == 1 else 1.08)
        shrink = min(room / sum(g.width for g in groups), 1.0)
        for group in groups:
            group.adult = max(group.adult * shrink, _MIN_ADULT * self.unit)
            group.adult *= min(0.97 * self.width / group.width,
                               0.95 * self.height / group.height, 1.0)
        free = self.width - sum(g.width for g in groups)
        gaps = rng.dirichlet(np.ones(len(groups) + 1)) * max(free, 0.0)
        # Where the groups are wider than the image, all overlap a little.
        overlap = min(free, 0.0) / max(len(groups) - 1, 1)
        x = 0.0
        for group, gap in zip(groups, gaps):
            x += gap
            self._put(rng, group, x)
            x += group.width + overlap

    def _put(self, rng: np.random.Generator, group: _Group,
             left: float) -> None:
        """Set the left side of a group and a random ground line."""
        x1, y1, _, y2 = (v * group.adult for v in group.bounds)
        group.x = left - x1
        lowest = self.height - 2 - y2
        highest = max(2 - y1, 0.72 * self.height)
        group.y = float(rng.uniform(min(highest, lowest), lowest))

    def _add_distractor(self, rng: np.random.Generator,
                        groups: List[_Group]) -> None:
        """Add a person or object without a pair where there is room."""
        people = sum(name == 'person' for g in groups for name in g.names)
        drawing = Drawing()
        names = [n for n in self.vocabulary.object_labels if n != 'person']
        if people < MAX_PEOPLE and rng.random() < 0.35:
            name = 'person'
            figure = Figure(
                drawing.pen(0),
                Look.random(rng),
                facing=int(rng.choice((-1, 1))),
                front=bool(rng.random() < 0.5))
            stand(figure, 0.0, spread=float(rng.uniform(0.03, 0.09)))
            figure.draw()
        else:
            name = names[int(rng.integers(len(names)))]
            OBJECTS[name](rng).draw(drawing.pen(0, Frame()))
        adult = float(np.mean([g.adult for g in groups]))
        group = _Group(drawing, [name], [], bool(rng.random() < 0.5),
                       adult * float(rng.uniform(0.9, 1.05)))
        for _ in range(6):
            spare = self.width - group.width
            if spare <= 0:
                return
            self._put(rng, group, float(rng.uniform(0, spare)))
            if all(
                    _apart(group.rectangle(), other.rectangle(), 0.12 * adult)
                    for other in groups):
                groups.append(group)
                return

    def _paint(self, rng: np.random.Generator, groups: List[_Group]) -> Scene:
        canvas = Canvas(render_background(rng, self.width, self.height))
        boxes: List[Box] = []
        labels: List[int] = []
        pairs = []
        # What stands lower in the image is nearer and drawn later.
        for group in sorted(groups, key=lambda g: g.y):
            found = canvas.draw(group.drawing, group.adult, (group.x, group.y),
                                group.mirror)
            index: Dict[int, int] = {}
            for instance, box in sorted(found.items()):
                index[instance] = len(boxes)
                boxes.append(box)
                labels.append(
                    self.vocabulary.object_labels[group.names[instance]])
            pairs += [(index[s], index[o], hois) for s, o, hois in group.pairs]
        image = add_noise(rng, canvas.image, float(rng.uniform(0.1, 0.35)),
                          float(rng.uniform(0.85, 1.1)))
        return Scene(image,
                     np.asarray(boxes, np.int64).reshape(-1, 4),
                     np.asarray(labels, np.int64), pairs)


def _apart(a, b, gap: float) -> bool:
    """Whether two rectangles are at least ``gap`` apart in x."""
    return a[2] + gap < b[0] or b[2] + gap < a[0]
