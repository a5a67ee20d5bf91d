# Copyright (c) mmhoi contributors.
"""Small marks that show motion, water, contact or tools.

They belong to no box. A cue only supports what pose, contact and geometry
already say.
"""
from math import cos, pi, sin

import numpy as np

from .drawing import Pen, Point, between
from .palette import METALS, WHITE

WATER = (150, 205, 245)
ROPE = (150, 25, 40)


def speed_lines(pen: Pen, start: Point, length: float = 0.22) -> None:
    """Three streaks to the left of ``start``: it moves to the right."""
    x, y = start
    for k, stretch in ((-1, 0.7), (0, 1.0), (1, 0.7)):
        pen.line([(x, y + 0.14 * k), (x - length * stretch, y + 0.14 * k)],
                 0.022, WHITE)


def hose(pen: Pen, hand: Point, target: Point) -> None:
    """A green hose from the ground to the hand and a jet to the target."""
    side = 1 if target[0] > hand[0] else -1
    pen.line([(hand[0] - 0.34 * side, -0.01), (hand[0] - 0.12 * side, -0.04),
              (hand[0] - 0.10 * side, hand[1] + 0.12), hand], 0.035,
             (40, 130, 60))
    nozzle = (hand[0] + 0.07 * side, hand[1] - 0.02)
    pen.line([hand, nozzle], 0.05, METALS[0])
    for spread in (-0.12, 0.0, 0.12):
        end = (target[0], target[1] + spread)
        top = between(nozzle, end, 0.5)
        pen.line([nozzle, (top[0], top[1] - 0.07), end], 0.035, WATER)
        pen.disc((end[0], end[1] + 0.03), 0.04, WATER)


def foam(pen: Pen, rng: np.random.Generator, center: Point, half_width: float,
         half_height: float) -> None:
    """White bubbles and drops spread over an area."""
    for x, y, r in rng.uniform((-1, -1, 0.03), (1, 1, 0.065), (9, 3)).tolist():
        at = (center[0] + x * half_width, center[1] + y * half_height)
        pen.disc(at, r, (232, 242, 250))
        pen.ring(at, r, 0.012, (150, 190, 220))


def sponge(pen: Pen, hand: Point) -> None:
    """A yellow sponge in a hand."""
    pen.poly([(hand[0] - 0.06, hand[1] - 0.05),
              (hand[0] + 0.06, hand[1] - 0.05),
              (hand[0] + 0.06, hand[1] + 0.05),
              (hand[0] - 0.06, hand[1] + 0.05)], (245, 205, 70))


def magnifier(pen: Pen, hand: Point, toward: Point) -> None:
    """A magnifying glass held from ``hand`` towards a point."""
    dx, dy = toward[0] - hand[0], toward[1] - hand[1]
    norm = max((dx * dx + dy * dy)**0.5, 1e-6)
    dx, dy = dx / norm, dy / norm
    rim = (hand[0] + 0.07 * dx, hand[1] + 0.07 * dy)
    lens = (hand[0] + 0.15 * dx, hand[1] + 0.15 * dy)
    pen.line([hand, rim], 0.035, (70, 45, 30))
    pen.disc(lens, 0.085, (205, 232, 245))
    pen.ring(lens, 0.085, 0.03, (30, 30, 35))


def heart(pen: Pen, at: Point) -> None:
    """A red heart whose tip is at a point."""
    x, y = at
    red = (225, 30, 60)
    for side in (-1, 1):
        pen.disc((x + 0.04 * side, y - 0.11), 0.05, red)
    pen.poly([(x - 0.085, y - 0.09), (x + 0.085, y - 0.09), (x, y)], red)


def rope(pen: Pen, start: Point, end: Point, sag: float = 0.05) -> None:
    """A leash or string that hangs through by ``sag``."""
    middle = between(start, end, 0.5)
    pen.line([start, (middle[0], middle[1] + sag), end], 0.026, ROPE)


def impact(pen: Pen,
           at: Point,
           radius: float = 0.12,
           turn: float = 0.0) -> None:
    """A star of short strokes around a point of contact."""
    for k in range(6):
        a = turn + pi * k / 3
        pen.line(
            [(at[0] + radius * cos(a), at[1] + radius * sin(a)),
             (at[0] + 1.7 * radius * cos(a), at[1] + 1.7 * radius * sin(a))],
            0.03, (255, 225, 60))


def spin(pen: Pen, center: Point, radius: float) -> None:
    """Two arcs around a turning thing."""
    for start in (-0.5, pi - 0.5):
        pen.arc(center, radius, start, start + 1.4, 0.028, WHITE)


def shadow(pen: Pen, x: float, half_width: float) -> None:
    """A dark ellipse on the ground below something in the air."""
    pen.ellipse((x, -0.01), half_width, 0.03, (55, 55, 55))


def food(pen: Pen, at: Point) -> None:
    """A bunch of carrots held out."""
    for dy in (-0.03, 0.01):
        pen.line([(at[0] - 0.07, at[1] + dy), (at[0] + 0.05, at[1] + dy)],
                 0.045, (245, 130, 30))
    pen.line([(at[0] - 0.10, at[1] - 0.03), (at[0] - 0.05, at[1])], 0.05,
             (60, 170, 60))


def fence(pen: Pen, x: float, height: float) -> None:
    """A striped jump with two posts."""
    for dx in (-0.16, 0.16):
        pen.line([(x + dx, -height - 0.05), (x + dx, 0.0)], 0.05, WHITE)
    for k in range(3):
        y = -height * (k + 1) / 3
        pen.line([(x - 0.16, y), (x + 0.16, y)], 0.05,
                 (220, 50, 50) if k % 2 else WHITE)


def sea(pen: Pen, half_width: float, top: float, depth: float) -> None:
    """A patch of water with a foaming edge, its surface at ``top``."""
    n = 8
    crest = [(-half_width + 2 * half_width * k / n, top + 0.03 * cos(2.4 * k))
             for k in range(n + 1)]
    pen.poly(
        crest + [(half_width * 0.9, top + depth),
                 (-half_width * 0.9, top + depth)], (40, 110, 175))
    pen.line(crest, 0.035, (225, 240, 248))


def wave(pen: Pen) -> None:
    """A breaking wave behind a rider, rising to the left."""
    pen.poly([(-0.80, 0.02), (-0.82, -0.75), (-0.55, -0.95), (-0.30, -0.90),
              (-0.48, -0.66), (-0.42, -0.30), (0.0, -0.12), (0.75, -0.08),
              (0.85, 0.02)], (35, 115, 180))
    pen.line([(-0.82, -0.75), (-0.55, -0.95), (-0.30, -0.90), (-0.24, -0.80)],
             0.08, (235, 245, 250))
    pen.line([(-0.42, -0.30), (0.0, -0.12), (0.75, -0.08)], 0.035,
             (225, 240, 248))
