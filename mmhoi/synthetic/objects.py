# Copyright (c) mmhoi contributors.
"""Base class, registry and placement of drawn objects.

An object is drawn in its own coordinates in body units: the origin is the
ground below its centre, or the grip of a thing held in a hand, and it looks
to the right. Its ``anchors`` name the points that people touch.
"""
from typing import Dict, Type

import numpy as np

from .drawing import Drawing, Frame, Pen, Point

OBJECTS: Dict[str, Type['DrawnObject']] = {}


def register(name: str):
    """Class decorator that enters an object class under its HICO name."""

    def enter(cls: Type['DrawnObject']) -> Type['DrawnObject']:
        OBJECTS[name] = cls
        return cls

    return enter


class DrawnObject:
    """One object with its random appearance.

    Subclasses set ``anchors``, ``half_width`` (from the origin to the side,
    in body units) and ``height`` and implement :meth:`draw`.

    Args:
        rng (np.random.Generator): Source of the appearance.
    """
    half_width: float = 0.2
    height: float = 0.4
    anchors: Dict[str, Point] = {}

    def __init__(self, rng: np.random.Generator) -> None:
        raise NotImplementedError

    def draw(self, pen: Pen) -> None:
        """Record the primitives of the object."""
        raise NotImplementedError


class Placed:
    """An object at a place in a group.

    Args:
        drawing (Drawing): Display list of the group.
        instance (int): Instance number of the object.
        obj (DrawnObject): The object.
        frame (Frame): Where it stands.
    """

    def __init__(self, drawing: Drawing, instance: int, obj: DrawnObject,
                 frame: Frame) -> None:
        self.obj = obj
        self.frame = frame
        self.pen = drawing.pen(instance, frame)

    def at(self, anchor: str, dx: float = 0.0, dy: float = 0.0) -> Point:
        """An anchor in group coordinates, moved by (dx, dy) there."""
        x, y = self.frame(self.obj.anchors[anchor])
        return x + dx, y + dy

    def draw(self) -> None:
        """Record the primitives of the object."""
        self.obj.draw(self.pen)
