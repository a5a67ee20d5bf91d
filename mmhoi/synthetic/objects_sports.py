# Copyright (c) mmhoi contributors.
"""Balls, frisbee, kite, boards and racket."""
from math import cos, pi, sin

from .drawing import Pen
from .objects import DrawnObject, register
from .palette import BLACK, METALS, VIVID, WHITE, pick, shade


@register('sports_ball')
class SportsBall(DrawnObject):
    """Origin at the centre: football, basketball, beach or tennis ball."""
    half_width, height = 0.14, 0.28

    def __init__(self, rng) -> None:
        self.kind = int(rng.integers(4))
        self.color = (WHITE, (225, 120, 45), pick(rng, VIVID), (205, 225,
                                                                60))[self.kind]
        self.other = pick(rng, VIVID)
        self.turn = float(rng.uniform(0, 2 * pi))
        self.radius = float(rng.uniform(0.12, 0.14))
        self.anchors = dict(
            side=(self.radius, 0.0),
            left=(-self.radius * 0.8, 0.04),
            right=(self.radius * 0.8, 0.04))

    def draw(self, pen: Pen) -> None:
        r, t = self.radius, self.turn
        pen.disc((0.0, 0.0), r, self.color)
        if self.kind == 0:
            for k in range(5):
                a = t + 2 * pi * k / 5
                pen.disc((0.7 * r * cos(a), 0.7 * r * sin(a)), r * 0.2, BLACK)
            pen.disc((0.0, 0.0), r * 0.26, BLACK)
        elif self.kind == 2:
            for k in range(3):
                a, b = t + 2 * pi * k / 3, t + 2 * pi * k / 3 + 1.0
                pen.poly([(0.0, 0.0), (r * cos(a), r * sin(a)),
                          (r * cos((a + b) / 2), r * sin((a + b) / 2)),
                          (r * cos(b), r * sin(b))], self.other)
        else:
            dark = shade(self.color, 0.45)
            for s in (-1, 1):
                pen.line([(r * cos(t + s * 0.7), r * sin(t + s * 0.7)),
                          (-r * cos(t - s * 0.7), -r * sin(t - s * 0.7))],
                         0.02, dark)
            pen.ring((0.0, 0.0), r - 0.01, 0.02, dark)


@register('frisbee')
class Frisbee(DrawnObject):
    """A disc seen at a slant, with rings; origin at the centre."""
    half_width, height = 0.18, 0.26

    def __init__(self, rng) -> None:
        self.color = pick(rng, VIVID)
        self.ring_color = pick(rng, VIVID)
        self.anchors = dict(
            side=(0.16, 0.0), left=(-0.14, 0.02), right=(0.14, 0.02))

    def draw(self, pen: Pen) -> None:
        pen.ellipse((0.0, 0.015), 0.18, 0.125, shade(self.color, 0.6))
        pen.ellipse((0.0, -0.005), 0.175, 0.115, self.color)
        pen.ring((0.0, -0.005),
                 0.125,
                 0.02,
                 shade(self.color, 0.75),
                 radius_y=0.08)
        pen.ellipse((0.0, -0.005), 0.07, 0.042, self.ring_color)


@register('kite')
class Kite(DrawnObject):
    """A diamond with a ribbon tail; origin where the string is tied."""
    half_width, height = 0.22, 0.5

    def __init__(self, rng) -> None:
        self.colors = [pick(rng, VIVID) for _ in range(2)]
        self.sway = float(rng.uniform(-0.04, 0.04))
        self.anchors = dict(
            center=(0.0, 0.0), left=(-0.19, -0.04), right=(0.19, -0.04))

    def draw(self, pen: Pen) -> None:
        a, b = self.colors
        top, bottom = (0.0, -0.26), (0.0, 0.26)
        left, right = (-0.21, -0.05), (0.21, -0.05)
        pen.line([
            bottom, (0.04 + self.sway, 0.32), (-0.04, 0.38),
            (0.03 - self.sway, 0.44)
        ], 0.025, b)
        for x, y in ((0.04 + self.sway, 0.32), (-0.04, 0.38)):
            pen.disc((x, y), 0.03, a)
        pen.poly([top, left, (0.0, -0.05)], a)
        pen.poly([top, right, (0.0, -0.05)], b)
        pen.poly([bottom, left, (0.0, -0.05)], b)
        pen.poly([bottom, right, (0.0, -0.05)], a)
        pen.line([top, bottom], 0.015, BLACK)
        pen.line([left, right], 0.015, BLACK)


@register('skateboard')
class Skateboard(DrawnObject):
    """A deck seen a little from above, on four wheels."""
    half_width, height = 0.34, 0.22

    def __init__(self, rng) -> None:
        self.deck = pick(rng, VIVID)
        self.wheel = pick(rng, VIVID)
        self.anchors = dict(
            deck=(0.0, -0.13),
            front=(0.14, -0.13),
            rear=(-0.14, -0.13),
            center=(0.0, -0.11))

    def draw(self, pen: Pen) -> None:
        for x in (-0.14, 0.22):
            pen.disc((x, -0.08), 0.05, shade(self.wheel, 0.6))
        pen.poly([(-0.34, -0.24), (-0.22, -0.19), (0.28, -0.19), (0.37, -0.26),
                  (0.34, -0.14), (0.20, -0.09), (-0.26, -0.09),
                  (-0.37, -0.14)], self.deck)
        pen.line([(-0.20, -0.13), (0.24, -0.13)], 0.025, shade(self.deck, 0.6))
        for x in (-0.20, 0.16):
            pen.disc((x, -0.055), 0.06, self.wheel)
            pen.disc((x, -0.05), 0.02, BLACK)


@register('surfboard')
class Surfboard(DrawnObject):
    """A long pointed board with a stripe, lying flat."""
    half_width, height = 0.55, 0.22

    def __init__(self, rng) -> None:
        self.color = pick(rng, VIVID)
        self.stripe = pick(rng, VIVID)
        self.long = float(rng.uniform(0.50, 0.56))
        self.anchors = dict(
            deck=(0.0, -0.10),
            front=(0.16, -0.10),
            rear=(-0.18, -0.10),
            side=(0.46, -0.10),
            center=(0.0, -0.10),
            tip=(0.50, -0.11))

    def draw(self, pen: Pen) -> None:
        n = self.long
        for drop, k in ((0.03, 0.6), (0.0, 1.0)):
            pen.poly([(-n, -0.12 + drop), (-n * 0.8, -0.20 + drop),
                      (0.0, -0.25 + drop), (n * 0.7, -0.20 + drop),
                      (n, -0.11 + drop), (n * 0.7, -0.04 + drop),
                      (0.0, -0.01 + drop), (-n * 0.8, -0.04 + drop)],
                     shade(self.color, k))
        pen.line([(-n * 0.85, -0.12), (n * 0.85, -0.115)], 0.035, self.stripe)


@register('tennis_racket')
class TennisRacket(DrawnObject):
    """Origin at the grip, the head points up."""
    half_width, height = 0.15, 0.60

    def __init__(self, rng) -> None:
        self.rim = pick(rng, VIVID)
        self.grip = pick(rng, VIVID + METALS)
        self.anchors = dict(grip=(0.0, 0.0), face=(0.0, -0.38))

    def draw(self, pen: Pen) -> None:
        pen.line([(0.0, 0.08), (0.0, -0.20)], 0.045, self.grip)
        pen.line([(0.0, -0.14), (-0.07, -0.25)], 0.03, self.rim)
        pen.line([(0.0, -0.14), (0.07, -0.25)], 0.03, self.rim)
        pen.ellipse((0.0, -0.38), 0.12, 0.17, (215, 220, 215))
        for d in (-0.06, 0.0, 0.06):
            pen.line([(d, -0.53), (d, -0.23)], 0.008, (120, 125, 120))
            pen.line([(-0.11, -0.38 + 1.6 * d), (0.11, -0.38 + 1.6 * d)],
                     0.008, (120, 125, 120))
        pen.ring((0.0, -0.38), 0.13, 0.04, self.rim, radius_y=0.18)
