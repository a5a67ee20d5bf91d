# Copyright (c) mmhoi contributors.
"""Verbs that look alike for many objects, and interactions of people."""
from . import cues
from .stage import Stage, crouch, interaction, sit, stand, stride

GROUNDED = ('bicycle', 'motorcycle', 'horse', 'cow', 'dog', 'elephant',
            'chair', 'couch', 'backpack', 'suitcase', 'skateboard',
            'surfboard')
LIFTED = {
    'sports_ball': 0.14,
    'frisbee': 0.10,
    'kite': 0.42,
    'umbrella': 0.10,
    'tennis_racket': 0.10
}


@interaction('no_interaction', *GROUNDED, *LIFTED)
def no_interaction(stage: Stage) -> None:
    """Someone next to it with hanging arms who looks the other way."""
    obj = stage.make()
    if stage.object_name == 'umbrella':
        obj.state = 'shut'
    gap = obj.half_width + 0.26 + stage.jitter(0.04)
    if stage.object_name in GROUNDED:
        thing = stage.place(obj)
    else:
        lying = stage.object_name in ('umbrella', 'tennis_racket')
        thing = stage.place(
            obj,
            y=-LIFTED[stage.object_name],
            angle=1.5 if lying else 0.0,
            x=-0.3 if lying else 0.0)
        gap += 0.15 * lying
    thing.draw()
    side = 1 if stage.chance(0.5) else -1
    figure = stage.person(facing=side, front=stage.chance(0.3))
    stand(figure, gap * side)
    figure.draw()


@interaction('inspect', 'bicycle')
def inspect(stage: Stage) -> None:
    """Bent low before it with a magnifying glass at its side."""
    thing = stage.thing()
    figure = stage.person(facing=-1)
    side = thing.at('side')
    hand = (side[0] + 0.16, side[1] - 0.03)
    thing.draw()
    crouch(
        figure,
        side[0] + 0.46, (hand, (side[0] + 0.38, -0.2)),
        lean=0.4,
        tilt=0.2)
    figure.draw()
    cues.magnifier(stage.cue, hand, side)


@interaction('wash', 'bicycle', 'motorcycle', 'surfboard')
def wash(stage: Stage) -> None:
    """Rubbed with a sponge by a crouching person, covered with foam."""
    thing = stage.thing()
    figure = stage.person(facing=-1)
    side = thing.at('side')
    center = thing.at('center')
    thing.draw()
    cues.foam(stage.cue, stage.rng, center, thing.obj.half_width * 0.75,
              max(thing.obj.height * 0.35, 0.12))
    crouch(
        figure,
        side[0] + 0.36, (side, (side[0] + 0.02, side[1] - 0.05)),
        lean=0.5)
    figure.draw()
    cues.sponge(stage.cue, side)


@interaction('no_interaction', 'person')
def apart(stage: Stage) -> None:
    """Two people who stand back to back."""
    for subject, side in ((True, 1), (False, -1)):
        figure = stage.person(facing=side, subject=subject)
        stand(figure, side * (0.24 + stage.jitter(0.03)))
        figure.draw()


@interaction('hug', 'person')
def hug(stage: Stage) -> None:
    """Chest to chest with the arms around each other."""
    stage.mutual = True
    left, right = stage.person(), stage.person(facing=-1, subject=False)
    stand(left, -0.10, ((0.16, -0.66), (0.16, -0.60)), lean=0.06, tilt=0.1)
    stand(right, 0.10, ((-0.16, -0.58), (-0.16, -0.52)), lean=0.06, tilt=0.1)
    right.draw_far()
    right.draw_near(arm=False)
    left.draw()
    right.draw_arm()


@interaction('kiss', 'person')
def kiss(stage: Stage) -> None:
    """Faces meet, bodies apart, hands held low between them."""
    stage.mutual = True
    left, right = stage.person(), stage.person(facing=-1, subject=False)
    for figure, side in ((left, -1), (right, 1)):
        stand(
            figure,
            0.26 * side, ((0.0, -0.44), (0.0, -0.46)),
            lean=0.42,
            tilt=-0.25)
        figure.draw()
    cues.heart(stage.cue, (0.0, left.head[1] - 0.14))


@interaction('hold', 'person')
def hold(stage: Stage) -> None:
    """Side by side before the viewer, hand in hand."""
    stage.mutual = True
    left = stage.person(front=True)
    right = stage.person(front=True, subject=False)
    joined = (0.0, -0.47 + stage.jitter(0.02))
    stand(left, -0.25, (None, joined))
    stand(right, 0.25, (joined, None))
    left.draw()
    right.draw()


@interaction('carry', 'person')
def carry(stage: Stage) -> None:
    """One lies across both arms of the other."""
    left = stage.person()
    right = stage.person(facing=1, subject=False)
    y = -0.62
    stride(
        left, 0.0, ((0.22, y + 0.08), (0.05, y + 0.10)), lean=-0.12, step=0.13)
    right.pose((0.16, y), -1.35, ((0.10, y - 0.16), (0.12, y - 0.16)),
               ((0.55, y + 0.18), (0.52, y + 0.20)))
    left.draw_far()
    left.draw_near(arm=False)
    right.draw()
    left.draw_arm()


@interaction('sit_on', 'couch', 'chair')
def sit_on(stage: Stage) -> None:
    """Seated, thighs level, feet on the ground."""
    thing = stage.thing()
    thing.draw()
    figure = stage.person()
    sit(figure, thing.at('seat', stage.jitter(0.03)))
    figure.draw()
    if stage.object_name != 'chair' and stage.company(0.4):
        second = stage.person()
        sit(second, thing.at('seat2'))
        second.draw()


@interaction('lie_on', 'couch')
def lie_on(stage: Stage) -> None:
    """Flat on the back along the seat."""
    thing = stage.thing()
    thing.draw()
    figure = stage.person()
    x, y = thing.at('middle', stage.jitter(0.03), -0.09)
    figure.pose((x, y),
                -1.5, ((x - 0.05, y - 0.07), (x - 0.04, y - 0.08)),
                ((x + 0.48, y + 0.02), (x + 0.46, y + 0.03)),
                tilt=0.8)
    figure.draw()


@interaction('stand_on', 'chair')
def stand_on(stage: Stage) -> None:
    """On the seat with one arm up, reaching for something."""
    thing = stage.thing()
    thing.draw()
    figure = stage.person()
    x, y = thing.at('seat')
    stand(
        figure, x, ((x + 0.22, y - 1.15), (x + 0.26, y - 1.0)), y=y, tilt=-0.3)
    figure.draw()


@interaction('carry', 'chair')
def carry_chair(stage: Stage) -> None:
    """Lifted off the ground before the body by someone who walks."""
    figure = stage.person()
    thing = stage.thing(0.36, -0.34, angle=stage.jitter(0.12))
    grip = thing.at('grip')
    stride(figure, 0.0, (grip, (grip[0], grip[1] - 0.05)), lean=-0.08)
    figure.draw_far()
    thing.draw()
    figure.draw_near()
