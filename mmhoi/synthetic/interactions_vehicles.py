# Copyright (c) mmhoi contributors.
"""What people do with a bicycle or a motorcycle."""
from . import cues
from .figure import Figure
from .objects import Placed
from .stage import ANKLE, Stage, interaction, stand, stride

VEHICLES = ('bicycle', 'motorcycle')


def _astride(stage: Stage, thing: Placed, figure: Figure, **pose) -> None:
    """Draw a person with one leg on either side of the object."""
    figure.pose(**pose)
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('ride', *VEHICLES)
def ride(stage: Stage) -> None:
    """On the saddle, bent forward, feet up, at speed."""
    thing = stage.thing()
    figure = stage.person()
    upright = 0.62 if stage.object_name == 'bicycle' else 0.38
    handle = thing.at('handle')
    cues.speed_lines(stage.cue, (-0.62, -0.48))
    if stage.object_name == 'motorcycle' and stage.company():
        second = stage.person()
        second.pose(
            thing.at('seat', -0.22,
                     -0.06), 0.15, (thing.at('seat', 0.02, -0.14), ) * 2,
            (thing.at('pedal_near', -0.14), ) * 2)
        second.draw()
    _astride(
        stage,
        thing,
        figure,
        pelvis=thing.at('seat', 0, -0.05),
        lean=upright + stage.jitter(0.08),
        hands=(handle, handle),
        feet=(thing.at('pedal_near'), thing.at('pedal_far')),
        tilt=-0.4)


@interaction('sit_on', *VEHICLES)
def sit_on(stage: Stage) -> None:
    """On the saddle at rest: trunk upright, arms down, feet on the ground."""
    thing = stage.thing()
    figure = stage.person()
    x, y = thing.at('seat', 0, -0.05)
    _astride(
        stage,
        thing,
        figure,
        pelvis=(x, y),
        lean=-0.06 + stage.jitter(0.04),
        hands=((x + 0.17, y - 0.02), (x + 0.2, y - 0.03)),
        feet=((x + 0.13, ANKLE), (x + 0.2, ANKLE)))


@interaction('straddle', *VEHICLES)
def straddle(stage: Stage) -> None:
    """Standing over it off the saddle, legs straight, hands on the bar."""
    thing = stage.thing()
    figure = stage.person()
    x = thing.at('seat')[0] + 0.17
    handle = thing.at('handle')
    _astride(
        stage,
        thing,
        figure,
        pelvis=(x, -0.54),
        lean=0.02 + stage.jitter(0.03),
        hands=(handle, handle),
        feet=((x - 0.09, ANKLE), (x + 0.09, ANKLE)))


@interaction('walk', 'bicycle')
def walk(stage: Stage) -> None:
    """Led by the handlebar by someone striding ahead."""
    thing = stage.thing()
    figure = stage.person()
    handle = thing.at('handle')
    x = handle[0] + 0.36
    thing.draw()
    stride(figure, x + stage.jitter(0.03), (handle, (x + 0.2, -0.45)))
    figure.draw()


@interaction('push', *VEHICLES)
def push(stage: Stage) -> None:
    """From behind, both arms stretched, the whole body leaning in."""
    thing = stage.thing()
    figure = stage.person()
    grip = thing.at('back')
    x = grip[0] - 0.50
    figure.pose((x, -0.44),
                0.75 + stage.jitter(0.1), (grip, grip),
                ((x - 0.32, ANKLE), (x - 0.02, ANKLE)),
                tilt=-0.3)
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('hold', 'bicycle')
def hold(stage: Stage) -> None:
    """Standing still behind it, facing the viewer, one hand on the bar."""
    figure = stage.person(front=True)
    thing = stage.thing()
    handle = thing.at('handle')
    x = handle[0] + 0.30
    thing.draw()
    stand(figure, x + stage.jitter(0.02), (handle, None))
    figure.draw()


@interaction('carry', 'bicycle')
def carry(stage: Stage) -> None:
    """Lifted above the head with both arms."""
    figure = stage.person()
    thing = stage.thing(0.0, -0.98, angle=stage.jitter(0.12))
    stride(
        figure,
        0.0, (thing.frame((-0.22, -0.06)), thing.frame((0.22, -0.06))),
        lean=0.0,
        step=0.13)
    figure.draw_far()
    thing.draw()
    figure.draw_near()
