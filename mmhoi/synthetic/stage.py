# Copyright (c) mmhoi contributors.
"""One group of people around one object, and the poses they share."""
from typing import Callable, Dict, List, Optional, Set, Tuple

import numpy as np

from .drawing import Drawing, Frame, Point
from .figure import HIP_HEIGHT, Figure, Look
from .objects import OBJECTS, DrawnObject, Placed

#: Ankle height above the ground.
ANKLE = -0.03
Hands = Tuple[Optional[Point], Optional[Point]]
INTERACTIONS: Dict[Tuple[str, str], Callable[['Stage'], None]] = {}


def interaction(verb: str, *objects: str):
    """Decorator that enters a function as the drawing of HOI classes."""

    def enter(function: Callable[['Stage'], None]):
        for name in objects:
            INTERACTIONS[verb, name] = function
        return function

    return enter


class Stage:
    """Collects what one interaction draws.

    Args:
        rng (np.random.Generator): Source of all variety.
        verb (str): HICO verb name.
        object_name (str): HICO object name.
        max_subjects (int): How many people may take part.

    Attributes:
        names (list[str]): Object class name of each instance.
        subjects (list[int]): Instances that do the verb.
        verb_only (set[int]): Subjects of which only the verb itself holds,
            not what it implies.
        object_instance (int): Instance it is done with.
        mutual (bool): Whether the second person does it as well (a hug).
    """

    def __init__(self,
                 rng: np.random.Generator,
                 verb: str,
                 object_name: str,
                 max_subjects: int = 1) -> None:
        self.rng = rng
        self.object_name = object_name
        self.max_subjects = max_subjects
        self.drawing = Drawing()
        self.cue = self.drawing.pen()
        self.names: List[str] = []
        self.subjects: List[int] = []
        self.verb_only: Set[int] = set()
        self.object_instance = -1
        self.mutual = False
        INTERACTIONS[verb, object_name](self)

    def jitter(self, amount: float) -> float:
        """A random number in [-amount, amount]."""
        return (2 * self.rng.random() - 1) * amount

    def chance(self, probability: float) -> bool:
        """True with a probability."""
        return bool(self.rng.random() < probability)

    def company(self, probability: float = 0.3) -> bool:
        """Whether one more person may and does join in."""
        return (len(self.subjects) < self.max_subjects
                and self.chance(probability))

    def person(self,
               facing: int = 1,
               front: bool = False,
               subject: bool = True) -> Figure:
        """A new person; the passive one of two is the object."""
        instance = self._enter('person')
        if subject:
            self.subjects.append(instance)
        else:
            self.object_instance = instance
        return Figure(
            self.drawing.pen(instance), Look.random(self.rng), facing, front)

    def make(self) -> DrawnObject:
        """The object of the group, not yet placed."""
        return OBJECTS[self.object_name](self.rng)

    def place(self,
              obj: DrawnObject,
              x: float = 0.0,
              y: float = 0.0,
              angle: float = 0.0,
              scale: float = 1.0,
              flip: int = 1) -> Placed:
        """Put the object of the group somewhere."""
        self.object_instance = self._enter(self.object_name)
        return Placed(self.drawing, self.object_instance, obj,
                      Frame(x, y, angle, scale, flip))

    def thing(self, *args, **kwargs) -> Placed:
        """Make the object and place it; arguments as :meth:`place`."""
        return self.place(self.make(), *args, **kwargs)

    def _enter(self, name: str) -> int:
        self.names.append(name)
        return len(self.names) - 1


def stand(figure: Figure,
          x: float,
          hands: Hands = (None, None),
          lean: float = 0.0,
          spread: float = 0.05,
          tilt: float = 0.0,
          y: float = 0.0,
          elbow: int = -1) -> Figure:
    """Stand upright at ``x`` on a floor at ``y``."""
    step = spread * figure.facing
    return figure.pose((x, y - HIP_HEIGHT),
                       lean,
                       hands, ((x - step, y + ANKLE), (x + step, y + ANKLE)),
                       tilt,
                       elbow=elbow)


def stride(figure: Figure,
           x: float,
           hands: Hands = (None, None),
           lean: float = 0.1,
           step: float = 0.18,
           tilt: float = 0.0,
           elbow: int = -1) -> Figure:
    """Walk: a wide step, the trunk a little forward."""
    f = figure.facing
    return figure.pose((x, -HIP_HEIGHT + 0.03),
                       lean,
                       hands, ((x - step * f, ANKLE), (x + step * f, ANKLE)),
                       tilt,
                       elbow=elbow)


def leap(figure: Figure,
         x: float,
         hands: Hands,
         height: float = 0.22,
         lean: float = 0.0,
         tilt: float = 0.0) -> Figure:
    """Jump: both feet in the air, knees bent backward."""
    f, hip = figure.facing, -HIP_HEIGHT - height
    return figure.pose(
        (x, hip), lean, hands,
        ((x - 0.22 * f, hip + 0.36), (x + 0.08 * f, hip + 0.42)), tilt)


def crouch(figure: Figure,
           x: float,
           hands: Hands,
           lean: float = 0.5,
           tilt: float = 0.0) -> Figure:
    """Squat with both feet on the ground at ``x``."""
    f = figure.facing
    return figure.pose((x - 0.08 * f, -0.22), lean, hands,
                       ((x - 0.06 * f, ANKLE), (x + 0.06 * f, ANKLE)), tilt)


def kneel(figure: Figure,
          x: float,
          hands: Hands,
          lean: float = 0.1,
          tilt: float = 0.0) -> Figure:
    """Kneel on one knee at ``x``."""
    f = figure.facing
    return figure.pose((x, -0.28), lean, hands,
                       ((x - 0.24 * f, ANKLE), (x + 0.20 * f, ANKLE)), tilt)


def sit(figure: Figure,
        seat: Point,
        hands: Hands = (None, None),
        lean: float = -0.08,
        ground: float = 0.0) -> Figure:
    """Sit on ``seat`` with the feet on the ground in front of it."""
    f, (x, y) = figure.facing, seat
    if hands == (None, None):
        hands = ((x + 0.16 * f, y - 0.09), (x + 0.19 * f, y - 0.10))
    return figure.pose(
        (x, y - 0.06), lean, hands,
        ((x + 0.25 * f, ground + ANKLE), (x + 0.31 * f, ground + ANKLE)))
