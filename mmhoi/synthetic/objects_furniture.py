# Copyright (c) mmhoi contributors.
"""Chair and couch."""
from .drawing import Pen
from .objects import DrawnObject, register
from .palette import VIVID, WOODS, pick, shade


@register('chair')
class Chair(DrawnObject):
    """One seat with a straight back, looking to the right."""
    half_width, height = 0.20, 0.70

    def __init__(self, rng) -> None:
        self.wood = pick(rng, WOODS + VIVID[:6])
        self.seat = pick(rng, VIVID)
        self.solid = bool(rng.random() < 0.5)
        self.anchors = dict(seat=(-0.02, -0.33), grip=(0.0, -0.30))

    def draw(self, pen: Pen) -> None:
        dark = shade(self.wood, 0.7)
        for x in (-0.10, 0.20):
            pen.line([(x, -0.30), (x, -0.03)], 0.045, dark)
        for x in (-0.17, 0.14):
            pen.line([(x, -0.30), (x, -0.02)], 0.05, self.wood)
        pen.poly([(-0.20, -0.34), (0.19, -0.34), (0.22, -0.25),
                  (-0.18, -0.25)], self.seat)
        pen.line([(-0.18, -0.30), (-0.19, -0.68)], 0.055, self.wood)
        pen.line([(-0.11, -0.34), (-0.12, -0.70)], 0.045, dark)
        if self.solid:
            pen.poly([(-0.20, -0.69), (-0.10, -0.71), (-0.10, -0.40),
                      (-0.19, -0.40)], self.wood)
        else:
            pen.line([(-0.18, -0.64), (-0.12, -0.66)], 0.06, self.wood)


@register('couch')
class Couch(DrawnObject):
    """Upholstered, with thick arms and two cushions."""
    half_width, height = 0.66, 0.58

    def __init__(self, rng) -> None:
        self.cloth = pick(rng, VIVID + WOODS + ((120, 120, 125), ))
        self.striped = bool(rng.random() < 0.3)
        self.anchors = dict(
            seat=(-0.24, -0.31), seat2=(0.26, -0.31), middle=(0.0, -0.33))

    def draw(self, pen: Pen) -> None:
        cloth, dark = self.cloth, shade(self.cloth, 0.7)
        pen.poly([(-0.58, -0.58), (0.58, -0.58), (0.60, -0.06),
                  (-0.60, -0.06)], dark)
        for x in (-0.27, 0.27):
            pen.poly([(x - 0.25, -0.54), (x + 0.25, -0.54), (x + 0.25, -0.30),
                      (x - 0.25, -0.30)], shade(cloth, 0.85))
            pen.poly([(x - 0.26, -0.31), (x + 0.26, -0.31), (x + 0.26, -0.16),
                      (x - 0.26, -0.16)], cloth)
        if self.striped:
            for k in range(-3, 4):
                pen.line([(k * 0.14, -0.30), (k * 0.14, -0.08)], 0.03,
                         shade(cloth, 1.3))
        for x in (-0.58, 0.58):
            pen.line([(x, -0.36), (x, -0.08)], 0.15, shade(cloth, 1.15))
            pen.line([(x, -0.02), (x, -0.01)], 0.05, (50, 40, 30))
