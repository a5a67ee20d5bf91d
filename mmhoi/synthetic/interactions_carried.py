# Copyright (c) mmhoi contributors.
"""What people do with a backpack, a suitcase or an umbrella."""
from .objects import Placed
from .stage import Stage, interaction, kneel, stand, stride


@interaction('wear', 'backpack')
def wear(stage: Stage) -> None:
    """On the back, with a strap around the shoulder."""
    figure = stage.person()
    (stride if stage.chance(0.5) else stand)(figure, 0.0)
    pack = stage.thing(figure.neck[0] - 0.17, figure.neck[1] + 0.33)
    figure.draw_far()
    pack.draw()
    figure.draw_near(arm=False)
    nx, ny = figure.neck
    stage.cue.line([(nx - 0.08, ny + 0.03), (nx + 0.03, ny + 0.03),
                    (nx + 0.06, ny + 0.13), (nx - 0.07, ny + 0.23)], 0.035,
                   pack.obj.trim)
    figure.draw_arm()


@interaction('carry', 'backpack', 'suitcase')
def carry(stage: Stage) -> None:
    """Hanging from one hand of someone who walks."""
    figure = stage.person()
    scale = 0.85
    hand = (0.04, -0.50)
    bag = stage.make()
    top = -bag.anchors['top'][1] * scale
    bag = stage.place(bag, hand[0], hand[1] + top, stage.jitter(0.1), scale)
    stride(figure, 0.0, (hand, (0.20, -0.50)), step=0.20)
    figure.draw_far()
    figure.draw_near(arm=False)
    bag.draw()
    figure.draw_arm()


@interaction('hold', 'backpack')
def hold_backpack(stage: Stage) -> None:
    """In both hands before the chest, facing the viewer."""
    figure = stage.person(front=True)
    bag = stage.thing(0.0, -0.46)
    stand(figure, 0.0, (bag.at('left'), bag.at('right')), elbow=1)
    figure.draw_far()
    figure.draw_near(arm=False)
    bag.draw()
    figure.draw_arm()
    figure.draw_far_arm()


@interaction('hold', 'suitcase')
def hold_suitcase(stage: Stage) -> None:
    """On the ground beside someone who stands with a hand on its handle."""
    bag = stage.thing()
    figure = stage.person(front=True)
    top = bag.at('top')
    bag.draw()
    stand(figure, top[0] + 0.27, (top, None))
    figure.draw()


@interaction('drag', 'suitcase')
def drag(stage: Stage) -> None:
    """Rolled behind on its extended handle."""
    bag = stage.make()
    bag.state = 'trolley'
    bag = stage.place(bag, -0.56, -0.06, 0.55 + stage.jitter(0.08))
    figure = stage.person()
    grip = bag.at('trolley')
    stride(figure, grip[0] + 0.26, (grip, None), lean=0.15, step=0.2)
    bag.draw()
    figure.draw()


@interaction('hug', 'suitcase')
def hug(stage: Stage) -> None:
    """Pressed to the chest with both arms around it."""
    figure = stage.person()
    bag = stage.thing(0.20, -0.42)
    center = bag.at('center')
    hands = ((center[0] + 0.14, center[1] - 0.02), (center[0] + 0.16,
                                                    center[1] + 0.06))
    stand(figure, -0.06, hands, tilt=0.3)
    figure.draw_far()
    bag.draw()
    figure.draw_near()


@interaction('pick_up', 'suitcase')
def pick_up(stage: Stage) -> None:
    """Bent deep over it with both hands on the handle."""
    bag = stage.thing()
    figure = stage.person()
    top = bag.at('top')
    figure.pose((top[0] - 0.40, -0.47),
                1.25 + stage.jitter(0.08), (top, top),
                ((top[0] - 0.44, -0.03), (top[0] - 0.32, -0.03)),
                tilt=-0.4)
    figure.draw_far()
    bag.draw()
    figure.draw_near()


def _open(stage: Stage, bag: Placed) -> None:
    figure = stage.person(facing=-1)
    mouth = bag.at('mouth', 0.04)
    bag.draw()
    kneel(
        figure,
        mouth[0] + 0.42, (mouth, (mouth[0] - 0.08, mouth[1])),
        lean=0.4,
        tilt=0.2)
    figure.draw()


@interaction('open', 'backpack')
def open_backpack(stage: Stage) -> None:
    """Its flap is up and someone reaches into it."""
    bag = stage.make()
    bag.flap = 'open'
    _open(stage, stage.place(bag))


@interaction('open', 'suitcase')
def open_suitcase(stage: Stage) -> None:
    """Its lid is up and someone reaches into it."""
    bag = stage.make()
    bag.state = 'open'
    _open(stage, stage.place(bag))


def _umbrella(stage: Stage, state: str, **place) -> Placed:
    umbrella = stage.make()
    umbrella.state = state
    return stage.place(umbrella, **place)


@interaction('carry', 'umbrella')
def carry_umbrella(stage: Stage) -> None:
    """Shut, level in the hanging hand of someone who walks."""
    figure = stage.person()
    hand = (0.02, -0.46)
    thing = _umbrella(
        stage,
        'shut',
        x=hand[0] - 0.2,
        y=hand[1],
        angle=1.5 + stage.jitter(0.12))
    stride(figure, 0.0, (hand, (0.2, -0.52)), step=0.2)
    figure.draw_far()
    figure.draw_near(arm=False)
    thing.draw()
    figure.draw_arm()


@interaction('hold', 'umbrella')
def hold_umbrella(stage: Stage) -> None:
    """Open, pointed forward like a shield, away from the head."""
    figure = stage.person()
    thing = _umbrella(
        stage, 'open', x=0.26, y=-0.62, angle=1.15 + stage.jitter(0.12))
    grip = thing.at('grip')
    stand(figure, 0.0, (grip, (grip[0] + 0.02, grip[1])), spread=0.09)
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('open', 'umbrella')
def open_umbrella(stage: Stage) -> None:
    """Half spread and pointed up, one hand at the grip, one on the rod."""
    figure = stage.person()
    thing = _umbrella(
        stage, 'half', x=0.26, y=-0.60, angle=0.45 + stage.jitter(0.1))
    stand(figure, 0.0, (thing.at('grip'), thing.at('middle')))
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('stand_under', 'umbrella')
def stand_under(stage: Stage) -> None:
    """Open right above the head, the grip before the chest."""
    figure = stage.person()
    thing = _umbrella(stage, 'open', x=0.15, y=-0.66, angle=stage.jitter(0.08))
    thing.draw()
    grip = thing.at('grip')
    if stage.company(0.35):
        second = stage.person(facing=-1)
        # The second person does not hold it.
        stage.verb_only.add(stage.subjects[-1])
        stand(second, grip[0] + 0.2)
        second.draw()
    stand(figure, 0.0, (grip, None))
    figure.draw()
