# Copyright (c) mmhoi contributors.
"""Bicycle and motorcycle."""
from math import cos, pi, sin

from .drawing import Pen, Point
from .objects import DrawnObject, register
from .palette import METALS, RUBBER, VIVID, pick, shade


def _wheel(pen: Pen, center: Point, radius: float, width: float, spokes: int,
           rim, turn: float) -> None:
    pen.ring(center, radius - width / 2, width, RUBBER)
    for k in range(spokes):
        a = turn + pi * k / spokes
        dx, dy = cos(a) * (radius - width), sin(a) * (radius - width)
        pen.line([(center[0] - dx, center[1] - dy),
                  (center[0] + dx, center[1] + dy)], 0.01, rim)


@register('bicycle')
class Bicycle(DrawnObject):
    """Two thin wheels, a tube frame, saddle and handlebar."""
    half_width, height = 0.52, 0.62

    def __init__(self, rng) -> None:
        self.frame_color = pick(rng, VIVID)
        self.rim = pick(rng, METALS)
        self.turn = float(rng.uniform(0, pi))
        self.radius = float(rng.uniform(0.19, 0.22))
        self.basket = bool(rng.random() < 0.3)
        self.anchors = dict(
            seat=(-0.14, -0.52),
            handle=(0.20, -0.60),
            back=(-0.20, -0.50),
            pedal_near=(0.06, -0.12),
            pedal_far=(-0.04, -0.30),
            side=(0.34, -0.30),
            center=(0.0, -0.30))

    def draw(self, pen: Pen) -> None:
        r = self.radius
        rear, front, crank = (-0.31, -r), (0.31, -r), (-0.02, -r)
        for wheel in (rear, front):
            _wheel(pen, wheel, r, 0.035, 3, self.rim, self.turn)
        head, saddle = (0.22, -0.50), (-0.12, -0.46)
        c = self.frame_color
        pen.line([rear, crank, head, saddle, rear], 0.035, c)
        pen.line([crank, saddle, (-0.14, -0.52)], 0.035, c)
        pen.line([front, head, (0.20, -0.60)], 0.035, c)
        pen.line([(0.12, -0.61), (0.25, -0.60)], 0.035, RUBBER)
        pen.line([(-0.22, -0.53), (-0.07, -0.52)], 0.05, RUBBER)
        pen.line([(-0.04, -0.30), crank, (0.06, -0.12)], 0.025, self.rim)
        if self.basket:
            pen.poly([(0.26, -0.56), (0.45, -0.56), (0.42, -0.42),
                      (0.28, -0.42)], (170, 130, 80))


@register('motorcycle')
class Motorcycle(DrawnObject):
    """Fat wheels and a closed, painted body."""
    half_width, height = 0.58, 0.68

    def __init__(self, rng) -> None:
        self.paint = pick(rng, VIVID)
        self.metal = pick(rng, METALS)
        self.radius = float(rng.uniform(0.17, 0.20))
        self.turn = float(rng.uniform(0, pi))
        self.screen = bool(rng.random() < 0.4)
        self.anchors = dict(
            seat=(-0.14, -0.47),
            handle=(0.22, -0.66),
            back=(-0.40, -0.46),
            pedal_near=(0.04, -0.12),
            pedal_far=(0.0, -0.14),
            side=(0.42, -0.34),
            center=(0.0, -0.33))

    def draw(self, pen: Pen) -> None:
        r, paint = self.radius, self.paint
        rear, front = (-0.36, -r), (0.38, -r)
        for wheel in (rear, front):
            _wheel(pen, wheel, r, 0.085, 2, self.metal, self.turn)
            pen.disc(wheel, 0.05, self.metal)
        pen.line([rear, (0.0, -0.16), (0.1, -0.2)], 0.05, self.metal)
        pen.ellipse((0.0, -0.24), 0.17, 0.11, shade(self.metal, 0.7))
        pen.line([(-0.5, -0.12), (-0.05, -0.13)], 0.05, self.metal)
        pen.line([front, (0.22, -0.62)], 0.055, self.metal)
        pen.poly([(-0.48, -0.50), (-0.10, -0.40), (0.05, -0.55), (0.24, -0.54),
                  (0.26, -0.42), (0.12, -0.28), (-0.16, -0.28),
                  (-0.34, -0.38)], paint)
        pen.line([(-0.40, -0.48), (-0.06, -0.45)], 0.07, RUBBER)
        pen.line([(0.12, -0.67), (0.26, -0.64)], 0.04, RUBBER)
        pen.disc((0.32, -0.52), 0.06, (255, 240, 170))
        if self.screen:
            pen.poly([(0.24, -0.62), (0.36, -0.60), (0.22, -0.80)],
                     (190, 215, 230))
