# Copyright (c) mmhoi contributors.
"""What people do with a skateboard or a surfboard."""
from math import pi

from . import cues
from .objects import Placed
from .stage import ANKLE, Stage, interaction, stand, stride

BOARDS = ('skateboard', 'surfboard')


def _balance(stage: Stage, thing: Placed) -> None:
    """Crouched on the board with both arms spread."""
    figure = stage.person()
    x, y = thing.at('deck')
    figure.pose((x - 0.08, y - 0.34),
                0.45 + stage.jitter(0.08),
                ((x - 0.36, y - 0.72), (x + 0.42, y - 0.66)),
                (thing.at('rear', 0, ANKLE), thing.at('front', 0, ANKLE)),
                tilt=-0.3,
                elbow=1)
    figure.draw()


@interaction('ride', 'skateboard')
def ride_skateboard(stage: Stage) -> None:
    """Crouched on it with spread arms, at speed."""
    thing = stage.thing()
    thing.draw()
    _balance(stage, thing)
    cues.speed_lines(stage.cue, (-0.45, -0.30))


@interaction('ride', 'surfboard')
def ride_surfboard(stage: Stage) -> None:
    """Crouched on it with spread arms before a breaking wave."""
    cues.wave(stage.cue)
    thing = stage.thing(0.1, -0.10, angle=0.14 + stage.jitter(0.06), scale=0.9)
    thing.draw()
    _balance(stage, thing)


@interaction('jump', *BOARDS)
def jump(stage: Stage) -> None:
    """High in the air with the board under bent legs, arms up."""
    surf = stage.object_name == 'surfboard'
    if surf:
        cues.sea(stage.cue, 0.6, -0.16, 0.18)
    else:
        cues.shadow(stage.cue, 0.0, 0.3)
    thing = stage.thing(
        0.0,
        -0.46,
        angle=-0.35 + stage.jitter(0.08),
        scale=0.85 if surf else 1.0)
    figure = stage.person()
    thing.draw()
    x, y = thing.at('deck')
    figure.pose((x - 0.05, y - 0.30),
                0.2, ((x - 0.34, y - 0.86), (x + 0.36, y - 0.86)),
                (thing.at('rear', 0, ANKLE), thing.at('front', 0, ANKLE)),
                elbow=1)
    figure.draw()


@interaction('stand_on', *BOARDS)
def stand_on(stage: Stage) -> None:
    """Upright and at rest on it, arms hanging."""
    if stage.object_name == 'surfboard':
        cues.sea(stage.cue, 0.75, -0.10, 0.14)
    thing = stage.thing()
    thing.draw()
    figure = stage.person(front=stage.chance(0.3))
    x, y = thing.at('deck')
    stand(figure, x, y=y, spread=0.08)
    figure.draw()


@interaction('sit_on', 'skateboard')
def sit_on_skateboard(stage: Stage) -> None:
    """Seated on it, knees up, feet on the ground ahead."""
    thing = stage.thing()
    thing.draw()
    figure = stage.person()
    x, y = thing.at('rear', 0.0, -0.08)
    knees = (x + 0.30, y - 0.12)
    figure.pose((x, y), 0.05, (knees, knees),
                ((x + 0.46, ANKLE), (x + 0.52, ANKLE)))
    figure.draw()


@interaction('sit_on', 'surfboard')
def sit_on_surfboard(stage: Stage) -> None:
    """Astride on the water, the legs hanging into it."""
    thing = stage.thing(0.0, -0.10)
    figure = stage.person()
    cues.sea(stage.cue, 0.75, -0.20, 0.32)
    x, y = thing.at('deck', -0.10, -0.10)
    figure.pose((x, y), 0.0, ((x + 0.16, y - 0.06), (x + 0.18, y - 0.06)),
                ((x + 0.20, y + 0.34), (x + 0.26, y + 0.30)))
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('lie_on', 'surfboard')
def lie_on(stage: Stage) -> None:
    """Prone along it on the water, the head up, arms paddling."""
    cues.sea(stage.cue, 0.78, -0.20, 0.26)
    thing = stage.thing(0.0, -0.06)
    figure = stage.person()
    x, y = thing.at('deck', -0.04, -0.10)
    figure.pose((x, y),
                1.4, ((x + 0.44, y + 0.16), (x + 0.40, y + 0.16)),
                ((x - 0.46, y + 0.02), (x - 0.44, y + 0.04)),
                tilt=-1.5)
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('carry', *BOARDS)
def carry(stage: Stage) -> None:
    """Level under one arm of someone who walks."""
    figure = stage.person()
    surf = stage.object_name == 'surfboard'
    thing = stage.thing(
        0.02, -0.38 if surf else -0.36, angle=stage.jitter(0.1))
    center = thing.at('center')
    stride(
        figure, 0.0, ((center[0], center[1] + 0.06), (0.24, -0.52)), step=0.2)
    figure.draw_far()
    figure.draw_near(arm=False)
    thing.draw()
    figure.draw_arm()


@interaction('hold', *BOARDS)
def hold(stage: Stage) -> None:
    """Upright on the ground beside someone who stands with a hand on it."""
    surf = stage.object_name == 'surfboard'
    half = 0.54 if surf else 0.36
    thing = stage.thing(0.12, -half, angle=-pi / 2 + stage.jitter(0.06))
    figure = stage.person(front=True)
    x = 0.30
    top = (0.04, -0.66 if surf else -0.64)
    if surf:
        stand(figure, x, (top, None), elbow=1)
        figure.draw_far()
        figure.draw_near(arm=False)
        thing.draw()
        figure.draw_arm()
        return
    thing.draw()
    stand(figure, x, (top, None))
    figure.draw()


@interaction('drag', 'surfboard')
def drag(stage: Stage) -> None:
    """Pulled by its tip, the tail on the ground behind."""
    thing = stage.thing(-0.40, -0.16, angle=-0.32 + stage.jitter(0.06))
    figure = stage.person()
    grip = thing.at('tip', -0.02, 0.02)
    thing.draw()
    stride(
        figure,
        grip[0] + 0.24, (grip, (grip[0] + 0.05, grip[1])),
        lean=0.4,
        step=0.22)
    figure.draw()
