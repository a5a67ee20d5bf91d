# Copyright (c) mmhoi contributors.
"""The articulated person."""
from dataclasses import dataclass
from math import cos, sin
from typing import Optional, Tuple

import numpy as np

from .drawing import Color, Pen, Point, between, two_bones
from .palette import BLACK, HAIRS, SKINS, VIVID, pick, shade

# Proportions of a body of height 1. Hands and head are a little larger than
# life: at 60 pixels of height they carry most of what tells verbs apart.
TORSO = 0.30
LEG = (0.25, 0.25)
ARM = (0.19, 0.19)
HEAD = 0.085
HIP_HEIGHT = 0.52


@dataclass
class Look:
    """Colours and proportions of one person."""
    skin: Color
    hair: Color
    shirt: Color
    trousers: Color
    shoes: Color
    build: float
    bare_arms: bool
    bare_legs: bool
    hair_style: int

    @classmethod
    def random(cls, rng: np.random.Generator) -> 'Look':
        """Draw a look from the palettes."""
        return cls(
            skin=pick(rng, SKINS, 10),
            hair=pick(rng, HAIRS, 12),
            shirt=pick(rng, VIVID),
            trousers=pick(rng, VIVID + ((50, 60, 90), ) * 4),
            shoes=pick(rng, VIVID),
            build=float(rng.uniform(0.85, 1.2)),
            bare_arms=bool(rng.random() < 0.45),
            bare_legs=bool(rng.random() < 0.3),
            hair_style=int(rng.integers(4)))


class Figure:
    """A person posed by where the pelvis, hands and feet are.

    Poses name contact points instead of joint angles: the arms and legs
    solve for them, so a hand that holds something is on it exactly.

    Args:
        pen (Pen): Pen of the person's instance.
        look (Look): Appearance.
        facing (int): 1 looks to the right, -1 to the left.
        front (bool): Whether the chest is turned to the viewer.
    """

    def __init__(self,
                 pen: Pen,
                 look: Look,
                 facing: int = 1,
                 front: bool = False) -> None:
        self.pen = pen
        self.look = look
        self.facing = facing
        self.front = front
        self.pose((0.0, -HIP_HEIGHT))

    def pose(self,
             pelvis: Point,
             lean: float = 0.0,
             hands: Tuple[Optional[Point], Optional[Point]] = (None, None),
             feet: Tuple[Optional[Point], Optional[Point]] = (None, None),
             tilt: float = 0.0,
             knee: int = 1,
             elbow: int = -1) -> 'Figure':
        """Set the pose.

        Args:
            pelvis (Point): Where the hips are, in group coordinates.
            lean (float): Angle of the trunk in radians; positive bends
                towards the side faced.
            hands (tuple): Targets of the near and the far hand; None lets
                the arm hang.
            feet (tuple): Targets of the near and the far foot; None stands
                straight below the pelvis.
            tilt (float): Extra angle of the head, positive looks down.
            knee (int): 1 bends the knees forward, -1 backward.
            elbow (int): 1 bends the elbows up and forward, -1 down and
                back.

        Returns:
            Figure: Itself.
        """
        f = self.facing
        up = (sin(lean) * f, -cos(lean))
        self.pelvis = pelvis
        self.neck = (pelvis[0] + TORSO * up[0], pelvis[1] + TORSO * up[1])
        nod = lean * 0.6 + tilt
        self.face = (sin(nod) * f, -cos(nod))
        self.head = (self.neck[0] + 0.115 * self.face[0],
                     self.neck[1] + 0.115 * self.face[1])
        half = 0.085 if self.front else 0.02
        across = (-up[1] * half, up[0] * half)
        shoulder = between(self.neck, pelvis, 0.12)
        self.arms, self.legs = [], []
        for side, hand, foot in zip((-f, f), hands, feet):
            start = (shoulder[0] + across[0] * side,
                     shoulder[1] + across[1] * side)
            hip = (pelvis[0] + across[0] * side * 0.6,
                   pelvis[1] + across[1] * side * 0.6)
            if hand is None:
                hand = (start[0] + 0.05 * side * self.front + 0.03 * f,
                        start[1] + 0.35)
            if foot is None:
                foot = (hip[0] + 0.035 * side, pelvis[1] + HIP_HEIGHT)
            bend = side * f if self.front else f
            self.arms.append(
                (start, *two_bones(start, hand, *ARM, elbow * bend)))
            self.legs.append((hip, *two_bones(hip, foot, *LEG, knee * f)))
        return self

    def draw(self) -> None:
        """Draw the whole person."""
        self.draw_far()
        self.draw_near()

    def draw_far(self) -> None:
        """Draw the limbs on the far side of the body."""
        self._arm(1, 0.72)
        self._leg(1, 0.72)

    def draw_near(self, arm: bool = True) -> None:
        """Draw trunk, head and the near limbs."""
        pen, look = self.pen, self.look
        self._leg(0, 1.0)
        width = (0.19 if self.front else 0.15) * look.build
        chest = between(self.neck, self.pelvis, 0.25)
        pen.line([between(self.neck, self.pelvis, 0.95), chest], width,
                 look.shirt)
        pen.line([self.neck, between(self.neck, self.head, 0.5)], 0.07,
                 look.skin)
        self._head()
        if arm:
            self.draw_arm()

    def draw_arm(self) -> None:
        """Draw the near arm alone, for arms that lie over an object."""
        self._arm(0, 0.86)

    def draw_far_arm(self) -> None:
        """Draw the far arm again, over an object held in both hands."""
        self._arm(1, 0.8)

    def _arm(self, which: int, tone: float) -> None:
        pen, look = self.pen, self.look
        shoulder, elbow, hand = self.arms[which]
        width = 0.06 * look.build
        lower = look.skin if look.bare_arms else look.shirt
        pen.line([shoulder, elbow], width, shade(look.shirt, tone))
        pen.line([elbow, hand], width * 0.9, shade(lower, tone))
        pen.disc(hand, 0.042, shade(look.skin, max(tone, 0.85)))

    def _leg(self, which: int, tone: float) -> None:
        pen, look = self.pen, self.look
        hip, knee, foot = self.legs[which]
        width = 0.08 * look.build
        lower = look.skin if look.bare_legs else look.trousers
        pen.line([hip, knee], width, shade(look.trousers, tone))
        pen.line([knee, foot], width * 0.85, shade(lower, tone))
        # The shoe stands at a right angle to the shin.
        dx, dy = foot[0] - knee[0], foot[1] - knee[1]
        f = self.facing * 0.22
        toe = (foot[0] + dy * f, foot[1] - dx * f)
        pen.line([foot, toe], 0.055, shade(look.shoes, tone))

    def _head(self) -> None:
        pen, look, (hx, hy) = self.pen, self.look, self.head
        ux, uy = self.face
        # Unit vector of the gaze, and the axis from chin to crown.
        gx, gy = -uy * self.facing, ux * self.facing
        back = 0.0 if self.front else 0.03

        def at(forward: float, upward: float) -> Point:
            return (hx + gx * forward + ux * upward,
                    hy + gy * forward + uy * upward)

        if look.hair_style == 1:  # long hair
            pen.line(
                [at(-back, 0.02), at(-back - 0.03, -0.10)], 0.13, look.hair)
        pen.disc(at(-back * 0.6, 0.025), HEAD, look.hair)
        pen.disc(at(back * 0.6, -0.012), HEAD * 0.86, look.skin)
        if look.hair_style == 2:  # cap
            pen.line([at(-0.05, 0.055), at(0.05, 0.055)], 0.06, look.shoes)
            pen.line([at(0.0, 0.045), at(0.12, 0.04)], 0.025, look.shoes)
        if self.front:
            for x in (-0.03, 0.03):
                pen.disc(at(x, 0.0), 0.013, BLACK)
            pen.line(
                [at(-0.025, -0.045), at(0.025, -0.045)], 0.012, (150, 40, 40))
        else:
            pen.disc(at(0.088, -0.015), 0.02, look.skin)
            pen.disc(at(0.045, 0.01), 0.014, BLACK)
            pen.line([at(0.045, -0.05), at(0.075, -0.045)], 0.014,
                     (150, 40, 40))
