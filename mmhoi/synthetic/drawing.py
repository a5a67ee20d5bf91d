# Copyright (c) mmhoi contributors.
"""Vector display lists: what is drawn, before anything is a pixel.

A group of people and objects is first recorded in *body units* (the height
of an adult is about 1, x to the right, y down, the ground at y = 0). Only
then is its extent known, so that the scene can choose a scale and a place.
"""
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import List, Sequence, Tuple

import numpy as np

Point = Tuple[float, float]
Color = Tuple[int, int, int]

#: Instance number of marks that belong to no box (water, leash, shadows).
NO_INSTANCE = -1

_CIRCLE = [(cos(2 * pi * k / 16), sin(2 * pi * k / 16)) for k in range(16)]


@dataclass(frozen=True)
class Frame:
    """A similarity transform from local to group coordinates.

    Args:
        x (float): Where the local origin lies, in body units.
        y (float): As ``x``, positive is down.
        angle (float): Rotation in radians, clockwise on the screen.
        scale (float): Uniform scale.
        flip (int): -1 mirrors the local x axis before the rotation.

    Examples:
        >>> Frame(1.0, 0.0, flip=-1)((0.25, -0.5))
        (0.75, -0.5)
    """
    x: float = 0.0
    y: float = 0.0
    angle: float = 0.0
    scale: float = 1.0
    flip: int = 1

    def __call__(self, point: Point) -> Point:
        return self.all([point])[0]

    def all(self, points: Sequence[Point]) -> List[Point]:
        """Transform several points."""
        x, y = self.x, self.y
        c, s = self.scale * cos(self.angle), self.scale * sin(self.angle)
        cx, sx = c * self.flip, s * self.flip
        return [(x + cx * px - s * py, y + sx * px + c * py)
                for px, py in points]


class Drawing:
    """An ordered list of primitives with the instance each belongs to.

    Attributes:
        points (list[Point]): Vertices of all primitives, in body units.
        ops (list[tuple]): ``(kind, first, last, size, color, instance)``;
            ``size`` is a line width or a radius in body units.
    """

    def __init__(self) -> None:
        self.points: List[Point] = []
        self.ops: List[tuple] = []

    def pen(self,
            instance: int = NO_INSTANCE,
            frame: Frame = Frame()) -> 'Pen':
        """A pen that draws for ``instance`` in the coordinates of a frame."""
        return Pen(self, instance, frame)

    def extent(self) -> Tuple[float, float, float, float]:
        """Bounds (x1, y1, x2, y2) of all primitives in body units.

        Examples:
            >>> drawing = Drawing()
            >>> drawing.pen().disc((0.5, 0.0), 0.25, (0, 0, 0))
            >>> drawing.extent()
            (0.25, -0.25, 0.75, 0.25)
        """
        sizes = [
            (0.0 if op[0] == 'fill' else op[3] if op[0] == 'disc' else op[3] /
             2) for op in self.ops
        ]
        margin = np.repeat(sizes, [op[2] - op[1] for op in self.ops])[:, None]
        points = np.asarray(self.points)
        low, high = (points - margin).min(0), (points + margin).max(0)
        return (*low.tolist(), *high.tolist())


class Pen:
    """Records primitives of one instance in the coordinates of a frame."""

    def __init__(self, drawing: Drawing, instance: int, frame: Frame) -> None:
        self.drawing = drawing
        self.instance = instance
        self.frame = frame

    def _add(self, kind: str, points: Sequence[Point], size: float,
             color: Color) -> None:
        stored = self.drawing.points
        first = len(stored)
        stored.extend(self.frame.all(points))
        self.drawing.ops.append(
            (kind, first, len(stored), size * self.frame.scale, color,
             self.instance))

    def line(self, points: Sequence[Point], width: float,
             color: Color) -> None:
        """An open polyline with round ends."""
        self._add('line', points, width, color)

    def poly(self, points: Sequence[Point], color: Color) -> None:
        """A filled polygon."""
        self._add('fill', points, 0.0, color)

    def disc(self, center: Point, radius: float, color: Color) -> None:
        """A filled circle."""
        self._add('disc', [center], radius, color)

    def ellipse(self,
                center: Point,
                radius_x: float,
                radius_y: float,
                color: Color,
                angle: float = 0.0) -> None:
        """A filled ellipse, turned by ``angle`` radians."""
        local = Frame(center[0], center[1], angle)
        self.poly([local((radius_x * x, radius_y * y)) for x, y in _CIRCLE],
                  color)

    def ring(self,
             center: Point,
             radius: float,
             width: float,
             color: Color,
             radius_y: float = None,
             angle: float = 0.0) -> None:
        """The outline of a circle or, given ``radius_y``, an ellipse."""
        local = Frame(center[0], center[1], angle)
        radius_y = radius if radius_y is None else radius_y
        self._add('loop',
                  [local((radius * x, radius_y * y)) for x, y in _CIRCLE],
                  width, color)

    def arc(self, center: Point, radius: float, start: float, end: float,
            width: float, color: Color) -> None:
        """An arc from angle ``start`` to ``end`` (radians, clockwise)."""
        angles = [start + (end - start) * k / 8 for k in range(9)]
        self.line([(center[0] + radius * cos(a), center[1] + radius * sin(a))
                   for a in angles], width, color)


def between(a: Point, b: Point, t: float) -> Point:
    """The point at fraction ``t`` of the way from ``a`` to ``b``.

    Examples:
        >>> between((0.0, 0.0), (2.0, 4.0), 0.5)
        (1.0, 2.0)
    """
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def two_bones(start: Point, target: Point, first: float, second: float,
              bend: int) -> Tuple[Point, Point]:
    """Joint and end point of a two-bone limb that reaches for a target.

    A limb may stretch by a fifth, so that small reach errors of a pose do
    not break the contact that makes the verb visible.

    Args:
        start (Point): Shoulder or hip.
        target (Point): Wanted place of the hand or foot.
        first (float): Length of the upper bone.
        second (float): Length of the lower bone.
        bend (int): Side to which the joint bends; +1 is the side of +x for
            a limb that hangs down.

    Returns:
        tuple[Point, Point]: The joint and the end of the limb.

    Examples:
        >>> two_bones((0.0, 0.0), (0.0, 2.0), 1.0, 1.0, bend=1)
        ((0.0, 1.0), (0.0, 2.0))
    """
    dx, dy = target[0] - start[0], target[1] - start[1]
    distance = max(hypot(dx, dy), 1e-6)
    ux, uy = dx / distance, dy / distance
    total = first + second
    if distance >= total:
        stretch = min(distance / total, 1.2)
        first, total = first * stretch, total * stretch
        return ((start[0] + ux * first, start[1] + uy * first),
                (start[0] + ux * total, start[1] + uy * total))
    distance = max(distance, abs(first - second) + 1e-6)
    along = (first**2 + distance**2 - second**2) / (2 * distance)
    side = max(first**2 - along**2, 0.0)**0.5 * bend
    return ((start[0] + ux * along + uy * side,
             start[1] + uy * along - ux * side), (start[0] + ux * distance,
                                                  start[1] + uy * distance))
