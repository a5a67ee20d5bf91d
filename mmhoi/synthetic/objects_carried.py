# Copyright (c) mmhoi contributors.
"""Backpack, suitcase and umbrella."""
from math import cos, pi, sin

from .drawing import Pen
from .objects import DrawnObject, register
from .palette import METALS, VIVID, WOODS, pick, shade


@register('backpack')
class Backpack(DrawnObject):
    """A rounded pack with a pocket; ``flap`` is 'shut' or 'open'."""
    half_width, height = 0.15, 0.36
    flap = 'shut'

    def __init__(self, rng) -> None:
        self.cloth = pick(rng, VIVID)
        self.trim = pick(rng, VIVID)
        self.anchors = dict(
            top=(0.0, -0.36),
            mouth=(0.04, -0.32),
            left=(-0.12, -0.16),
            right=(0.12, -0.16))

    def draw(self, pen: Pen) -> None:
        pen.ring((0.0, -0.33), 0.04, 0.025, self.trim)
        pen.line([(0.0, -0.23), (0.0, -0.10)], 0.26, self.cloth)
        pen.line([(-0.09, -0.03), (0.09, -0.03)], 0.07,
                 shade(self.cloth, 0.75))
        pen.line([(-0.05, -0.10), (0.05, -0.10)], 0.10, self.trim)
        if self.flap == 'open':
            pen.poly([(-0.12, -0.28), (0.13, -0.28), (-0.06, -0.50),
                      (-0.22, -0.44)], shade(self.cloth, 1.25))
            pen.ellipse((0.01, -0.29), 0.13, 0.045, (25, 22, 22))
        else:
            pen.line([(-0.10, -0.25), (0.10, -0.25)], 0.03,
                     shade(self.trim, 0.7))


@register('suitcase')
class Suitcase(DrawnObject):
    """A hard case; ``state`` is 'shut', 'trolley' or 'open'."""
    half_width, height = 0.21, 0.44
    state = 'shut'

    def __init__(self, rng) -> None:
        self.shell = pick(rng, VIVID + WOODS)
        self.trim = shade(self.shell, 0.6)
        self.ribbed = bool(rng.random() < 0.5)
        self.anchors = dict(
            top=(0.0, -0.43),
            center=(0.0, -0.20),
            trolley=(0.0, -0.66),
            mouth=(0.02, -0.22))

    def draw(self, pen: Pen) -> None:
        if self.state == 'open':
            pen.poly([(-0.22, -0.20), (0.22, -0.20), (0.10, -0.52),
                      (-0.34, -0.52)], self.trim)
            pen.poly([(-0.18, -0.23), (0.16, -0.23), (0.07, -0.47),
                      (-0.28, -0.47)], (215, 200, 170))
            pen.poly([(-0.24, -0.20), (0.24, -0.20), (0.24, -0.02),
                      (-0.24, -0.02)], self.shell)
            for x, c in ((-0.12, VIVID[0]), (0.02, VIVID[5]), (0.14,
                                                               VIVID[2])):
                pen.disc((x, -0.21), 0.06, c)
            return
        if self.state == 'trolley':
            for x in (-0.07, 0.07):
                pen.line([(x, -0.38), (x, -0.66)], 0.02, METALS[1])
            pen.line([(-0.07, -0.66), (0.07, -0.66)], 0.035, METALS[0])
        else:
            pen.ring((0.0, -0.40), 0.06, 0.03, self.trim)
        pen.poly([(-0.19, -0.38), (0.19, -0.38), (0.20, -0.36), (0.20, -0.04),
                  (-0.20, -0.04), (-0.20, -0.36)], self.shell)
        for x in ((-0.1, 0.0, 0.1) if self.ribbed else (-0.12, 0.12)):
            pen.line([(x, -0.37), (x, -0.05)], 0.02, self.trim)
        for x in (-0.14, 0.14):
            pen.disc((x, -0.025), 0.03, (25, 25, 25))


@register('umbrella')
class Umbrella(DrawnObject):
    """Origin at the grip; ``state`` is 'open', 'half' or 'shut'."""
    half_width, height = 0.42, 0.80
    state = 'open'

    def __init__(self, rng) -> None:
        self.cloth = pick(rng, VIVID)
        self.other = pick(rng, VIVID) if rng.random() < 0.5 else shade(
            self.cloth, 0.75)
        self.radius = float(rng.uniform(0.36, 0.42))
        self.anchors = dict(grip=(0.0, 0.0), middle=(0.0, -0.2))

    def draw(self, pen: Pen) -> None:
        pen.line([(0.0, 0.06), (0.0, -0.72)], 0.026, METALS[0])
        pen.line([(0.0, 0.06), (0.03, 0.09), (0.06, 0.06)], 0.026, METALS[0])
        if self.state == 'shut':
            pen.poly([(0.0, -0.70), (0.115, -0.16), (-0.115, -0.16)],
                     self.cloth)
            pen.line([(0.0, -0.64), (0.05, -0.18)], 0.035, self.other)
            return
        wide, high = self.radius, 0.26
        if self.state == 'half':
            wide, high = 0.19, 0.42
        base = -0.68 + high
        tops = [(wide * cos(a), base - high * sin(a))
                for a in (pi * k / 12 for k in range(13))]
        for k in range(4):
            color = self.cloth if k % 2 else self.other
            pen.poly(tops[3 * k:3 * k + 4] + [(0.0, base - 0.02)], color)
            x = (tops[3 * k][0] + tops[3 * k + 3][0]) / 2
            pen.ellipse((x, base), wide * 0.24, 0.035, color)
