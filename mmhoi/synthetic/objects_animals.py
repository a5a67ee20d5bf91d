# Copyright (c) mmhoi contributors.
"""Horse, cow, dog and elephant in profile, looking to the right."""
from math import sin

from .drawing import Pen, Point
from .objects import DrawnObject, register
from .palette import BLACK, VIVID, WHITE, pick, shade

_GAITS = {
    'stand': (0.0, 0.0, 0.0, 0.0),
    'walk': (0.07, -0.07, -0.06, 0.08),
    'run': (0.20, 0.12, -0.12, -0.22)
}


class Animal(DrawnObject):
    """A four-legged animal; ``gait`` may be set before it is drawn."""
    gait = 'stand'

    def legs(self, pen: Pen, xs, top: float, width: float, color,
             far: bool) -> None:
        """Draw the front and hind leg of one side.

        Args:
            xs (tuple): x of the front and of the hind leg.
            top (float): y at which the legs leave the body.
            width (float): Width of a leg.
            color (Color): Colour; the far side is drawn darker.
            far (bool): Which side.
        """
        swings = _GAITS[self.gait][far::2]
        color = shade(color, 0.7) if far else color
        shift = 0.05 if far else 0.0
        for x, swing in zip(xs, swings):
            foot = (x + shift + swing * -top * 1.6, -0.02)
            knee = (x + shift + swing * -top * 0.5, top / 2)
            pen.line([(x + shift, top), knee, foot], width, color)


@register('horse')
class Horse(Animal):
    """Long legs, arched neck with a mane, long tail."""
    half_width, height = 0.62, 1.12

    def __init__(self, rng) -> None:
        self.coat = pick(rng, ((120, 72, 40), (165, 110, 62), (70, 45, 30),
                               (205, 195, 180), (45, 40, 40)))
        self.mane = shade(self.coat, 0.5)
        self.blaze = bool(rng.random() < 0.5)
        self.anchors = dict(
            seat=(-0.04, -0.78),
            rein=(0.40, -0.86),
            back=(-0.28, -0.76),
            mouth=(0.66, -0.88),
            head=(0.56, -0.98),
            neck=(0.42, -0.80),
            center=(0.0, -0.60),
            foot=(0.10, -0.36))

    def draw(self, pen: Pen) -> None:
        coat = self.coat
        self.legs(pen, (0.25, -0.32), -0.50, 0.075, coat, True)
        pen.line([(-0.40, -0.68), (-0.52, -0.58), (-0.54, -0.30)], 0.07,
                 self.mane)
        pen.poly([(-0.42, -0.70), (-0.30, -0.78), (0.0, -0.74), (0.26, -0.80),
                  (0.38, -0.66), (0.30, -0.48), (0.0, -0.44), (-0.32, -0.48),
                  (-0.42, -0.58)], coat)
        pen.poly([(0.18, -0.76), (0.40, -1.08), (0.54, -1.02), (0.48, -0.86),
                  (0.36, -0.58)], coat)
        pen.line([(0.47, -1.00), (0.64, -0.87)], 0.12, coat)
        pen.line([(0.16, -0.80), (0.36, -1.08), (0.44, -1.10)], 0.05,
                 self.mane)
        pen.line([(0.43, -1.06), (0.43, -1.14)], 0.04, coat)
        if self.blaze:
            pen.line([(0.53, -1.00), (0.65, -0.90)], 0.03, WHITE)
        pen.disc((0.50, -0.99), 0.018, BLACK)
        self.legs(pen, (0.27, -0.33), -0.52, 0.08, coat, False)


@register('cow')
class Cow(Animal):
    """Boxy, spotted, with horns, udder and a low head."""
    half_width, height = 0.62, 0.86

    def __init__(self, rng) -> None:
        light = rng.random() < 0.6
        self.coat = pick(rng, ((240, 236, 228), ) if light else
                         ((130, 75, 45), (170, 120, 80)))
        self.spot = (
            pick(rng, ((30, 28, 28),
                       (110, 65, 40))) if light else shade(self.coat, 1.5))
        self.spots = [(float(x), float(y), float(r)) for x, y, r in zip(
            rng.uniform(-0.3, 0.25, 4), rng.uniform(-0.62, -0.44, 4),
            rng.uniform(0.06, 0.10, 4))]
        self.anchors = dict(
            seat=(-0.05, -0.70),
            rein=(0.34, -0.76),
            back=(-0.28, -0.68),
            mouth=(0.66, -0.56),
            head=(0.56, -0.70),
            neck=(0.40, -0.62),
            center=(0.0, -0.50),
            foot=(0.10, -0.28))

    def draw(self, pen: Pen) -> None:
        coat = self.coat
        self.legs(pen, (0.25, -0.32), -0.40, 0.085, coat, True)
        pen.line([(-0.38, -0.64), (-0.47, -0.56), (-0.47, -0.28)], 0.035,
                 shade(coat, 0.7))
        pen.disc((-0.16, -0.34), 0.08, (235, 170, 165))
        pen.poly([(-0.40, -0.68), (0.30, -0.70), (0.40, -0.60), (0.34, -0.36),
                  (-0.34, -0.34), (-0.42, -0.44)], coat)
        for x, y, r in self.spots:
            pen.ellipse((x, y), r * 1.3, r, self.spot)
        pen.line([(0.32, -0.60), (0.48, -0.68)], 0.18, coat)
        pen.line([(0.50, -0.70), (0.62, -0.58)], 0.14, coat)
        pen.disc((0.64, -0.56), 0.06, (225, 165, 155))
        pen.line([(0.46, -0.76), (0.42, -0.84), (0.47, -0.88)], 0.035,
                 (225, 215, 190))
        pen.line([(0.40, -0.74), (0.33, -0.72)], 0.05, self.spot)
        pen.disc((0.53, -0.69), 0.02, BLACK)
        self.legs(pen, (0.27, -0.33), -0.40, 0.09, coat, False)


@register('dog')
class Dog(Animal):
    """Small, with a raised tail, hanging ear and collar."""
    half_width, height = 0.36, 0.50

    def __init__(self, rng) -> None:
        self.coat = pick(rng, ((190, 140, 80), (110, 75, 45), (45, 42, 40),
                               (230, 220, 205), (150, 145, 140)))
        self.ear = shade(self.coat, 0.55)
        self.collar = pick(rng, VIVID)
        self.wag = float(rng.uniform(-0.05, 0.05))
        self.anchors = dict(
            back=(-0.10, -0.33),
            mouth=(0.38, -0.38),
            neck=(0.18, -0.35),
            center=(0.0, -0.25))

    def draw(self, pen: Pen) -> None:
        coat = self.coat
        self.legs(pen, (0.12, -0.18), -0.20, 0.055, coat, True)
        pen.line([(-0.20, -0.30), (-0.30, -0.40), (-0.30 + self.wag, -0.50)],
                 0.05, coat)
        pen.line([(-0.15, -0.26), (0.12, -0.26)], 0.17, coat)
        pen.line([(0.13, -0.28), (0.22, -0.42)], 0.13, coat)
        pen.disc((0.24, -0.44), 0.085, coat)
        pen.line([(0.28, -0.42), (0.36, -0.40)], 0.075, coat)
        pen.disc((0.385, -0.42), 0.024, BLACK)
        pen.line([(0.19, -0.49), (0.17, -0.38)], 0.06, self.ear)
        pen.disc((0.27, -0.46), 0.018, BLACK)
        pen.line([(0.13, -0.35), (0.22, -0.31)], 0.035, self.collar)
        self.legs(pen, (0.14, -0.19), -0.20, 0.06, coat, False)


@register('elephant')
class Elephant(Animal):
    """Huge body, trunk, tusk and a fan-like ear."""
    half_width, height = 0.80, 1.06

    def __init__(self, rng) -> None:
        self.coat = pick(rng,
                         ((125, 125, 132), (105, 100, 100), (150, 140, 135)),
                         10)
        self.phase = float(rng.uniform(0, 3))
        self.anchors = dict(
            seat=(-0.06, -0.98),
            rein=(0.28, -1.02),
            back=(-0.32, -0.90),
            mouth=(0.78, -0.46),
            head=(0.62, -0.72),
            neck=(0.56, -0.58),
            center=(0.0, -0.62),
            foot=(0.10, -0.58))

    def trunk(self) -> Point:
        """Points of the trunk from the head to its raised tip."""
        sway = 0.03 * sin(self.phase)
        return [(0.60, -0.72), (0.68, -0.50), (0.69 + sway, -0.36),
                (0.79 + sway, -0.42)]

    def draw(self, pen: Pen) -> None:
        coat = self.coat
        self.legs(pen, (0.24, -0.34), -0.42, 0.17, coat, True)
        pen.line([(-0.46, -0.72), (-0.54, -0.45)], 0.03, shade(coat, 0.7))
        pen.ellipse((-0.06, -0.66), 0.45, 0.34, coat)
        pen.disc((0.47, -0.80), 0.21, coat)
        pen.line(self.trunk(), 0.10, coat)
        pen.line([(0.54, -0.62), (0.66, -0.56), (0.74, -0.60)], 0.035,
                 (245, 240, 220))
        pen.ellipse((0.33, -0.76), 0.14, 0.20, shade(coat, 0.78))
        pen.disc((0.55, -0.84), 0.02, BLACK)
        self.legs(pen, (0.26, -0.32), -0.44, 0.18, coat, False)
