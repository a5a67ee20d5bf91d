# Copyright (c) mmhoi contributors.
"""What people do with a ball, frisbee, kite or racket."""
from . import cues
from .stage import ANKLE, Stage, interaction, leap, stand, stride

THROWN = ('sports_ball', 'frisbee')


@interaction('hold', *THROWN, 'kite')
def hold(stage: Stage) -> None:
    """In both hands before the chest, facing the viewer."""
    figure = stage.person(front=True)
    thing = stage.thing(0.0, -0.60)
    stand(figure, 0.0, (thing.at('left'), thing.at('right')), elbow=1)
    figure.draw_far()
    figure.draw_near(arm=False)
    thing.draw()
    figure.draw_arm()
    figure.draw_far_arm()


@interaction('catch', *THROWN)
def catch(stage: Stage) -> None:
    """In mid leap both hands meet what comes flying in."""
    figure = stage.person()
    cues.shadow(stage.cue, 0.0, 0.2)
    thing = stage.thing(0.46, -1.02 + stage.jitter(0.05))
    hands = (thing.at('left', 0.0, 0.06), thing.at('left', 0.02, -0.04))
    leap(figure, 0.0, hands, height=0.15, lean=0.15, tilt=-0.3)
    figure.draw()
    thing.draw()
    cues.speed_lines(stage.cue, thing.at('side', 0.28), 0.2)


@interaction('throw', *THROWN)
def throw(stage: Stage) -> None:
    """The arm drawn back with it behind the head, the other arm ahead."""
    figure = stage.person()
    thing = stage.thing(-0.40, -0.98 + stage.jitter(0.04))
    hand = thing.at('right', -0.02, 0.06)
    figure.pose((0.0, -0.45),
                -0.28, (hand, (0.34, -0.80)), ((-0.20, ANKLE), (0.26, ANKLE)),
                tilt=0.2,
                elbow=1)
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('block', *THROWN)
def block(stage: Stage) -> None:
    """A leap with both arms straight up against it."""
    figure = stage.person(front=True)
    cues.shadow(stage.cue, 0.0, 0.2)
    thing = stage.thing(stage.jitter(0.03), -1.40)
    x, y = thing.frame((0.0, 0.0))
    figure.pose((0.0, -0.64),
                0.0, ((x - 0.12, y + 0.12), (x + 0.12, y + 0.12)),
                ((-0.10, -0.18), (0.10, -0.18)),
                tilt=0.0)
    figure.draw()
    thing.draw()
    cues.impact(stage.cue, (x, y), 0.17, 0.5)


@interaction('hit', 'sports_ball')
def hit(stage: Stage) -> None:
    """A one-armed smash above the head in mid leap."""
    figure = stage.person()
    cues.shadow(stage.cue, 0.0, 0.2)
    thing = stage.thing(0.32, -1.28 + stage.jitter(0.04))
    hand = thing.at('left', 0.0, 0.06)
    leap(figure, 0.0, (hand, (-0.26, -0.70)), height=0.15, lean=0.1, tilt=-0.4)
    figure.draw()
    thing.draw()
    cues.impact(stage.cue, hand, 0.10)


@interaction('dribble', 'sports_ball')
def dribble(stage: Stage) -> None:
    """Bent forward, one hand above a ball that bounces at the ground."""
    figure = stage.person()
    thing = stage.thing(0.38, -0.17)
    figure.pose((-0.04, -0.42),
                0.55, ((0.38, -0.46), (-0.12, -0.46)),
                ((-0.22, ANKLE), (0.14, ANKLE)),
                tilt=-0.2)
    for dx in (-0.07, 0.0, 0.07):
        stage.cue.line([(0.38 + dx, -0.44), (0.38 + dx, -0.30)], 0.02,
                       (245, 245, 245))
    figure.draw()
    thing.draw()


@interaction('kick', 'sports_ball')
def kick(stage: Stage) -> None:
    """One leg swung forward with the ball at its foot, arms out."""
    figure = stage.person()
    thing = stage.thing(0.52, -0.24 + stage.jitter(0.05))
    x, y = thing.frame((0.0, 0.0))
    figure.pose((0.0, -0.48),
                -0.32, ((-0.32, -0.70), (0.22, -0.86)),
                ((x - 0.16, y + 0.02), (-0.06, ANKLE)),
                tilt=0.4)
    figure.draw()
    thing.draw()
    cues.impact(stage.cue, (x - 0.12, y), 0.09)


@interaction('spin', 'sports_ball')
def spin(stage: Stage) -> None:
    """Turning on the finger of one arm stretched up."""
    figure = stage.person(front=True)
    thing = stage.thing(0.22, -1.18)
    x, y = thing.frame((0.0, 0.0))
    stand(figure, 0.0, (None, (x, y + 0.13)), tilt=0.15)
    figure.draw()
    thing.draw()
    cues.spin(stage.cue, (x, y), 0.19)


@interaction('fly', 'kite')
def fly(stage: Stage) -> None:
    """High in the air on a string from a raised hand."""
    figure = stage.person()
    thing = stage.thing(0.62 + stage.jitter(0.08), -1.48, angle=0.35)
    hand = (0.24, -0.92)
    stand(figure, 0.0, (hand, None), tilt=-0.5, spread=0.08)
    figure.draw()
    thing.draw()
    cues.rope(stage.cue, hand, thing.at('center'), 0.04)


@interaction('pull', 'kite')
def pull(stage: Stage) -> None:
    """Leaning far back, both hands on a taut string."""
    figure = stage.person()
    thing = stage.thing(0.80 + stage.jitter(0.06), -1.30, angle=0.6)
    hand = (0.10, -0.66)
    figure.pose((-0.18, -0.40),
                -0.55, (hand, (0.06, -0.64)), ((0.14, ANKLE), (0.24, ANKLE)),
                tilt=0.1)
    figure.draw()
    thing.draw()
    cues.rope(stage.cue, hand, thing.at('center'), 0.0)


@interaction('launch', 'kite')
def launch(stage: Stage) -> None:
    """Held up above the head with both arms at a run."""
    figure = stage.person()
    thing = stage.thing(0.10, -1.24, angle=stage.jitter(0.15))
    stride(
        figure,
        0.0, (thing.at('left', 0.06, 0.06), thing.at('right', -0.06, 0.06)),
        step=0.24,
        tilt=-0.5,
        elbow=1)
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('carry', 'tennis_racket')
def carry_racket(stage: Stage) -> None:
    """Hanging level from the hand of someone who walks."""
    figure = stage.person()
    hand = (0.04, -0.46)
    thing = stage.thing(*hand, angle=1.75 + stage.jitter(0.1))
    stride(figure, 0.0, (hand, (0.2, -0.52)), step=0.2)
    figure.draw_far()
    figure.draw_near(arm=False)
    thing.draw()
    figure.draw_arm()


@interaction('hold', 'tennis_racket')
def hold_racket(stage: Stage) -> None:
    """Upright before the body in both hands, ready."""
    figure = stage.person()
    thing = stage.thing(0.24, -0.58, angle=0.25 + stage.jitter(0.1))
    grip = thing.at('grip')
    stand(figure, 0.0, (grip, (grip[0] + 0.01, grip[1] - 0.05)), spread=0.1)
    figure.draw_far()
    thing.draw()
    figure.draw_near()


@interaction('swing', 'tennis_racket')
def swing(stage: Stage) -> None:
    """A wide lunge with the racket high behind and an arc of motion."""
    figure = stage.person()
    hand = (-0.30, -0.92)
    thing = stage.thing(*hand, angle=-0.9 + stage.jitter(0.15))
    figure.pose((0.0, -0.42),
                0.12, (hand, (0.30, -0.66)), ((-0.30, ANKLE), (0.28, ANKLE)),
                elbow=1)
    figure.draw_far()
    thing.draw()
    figure.draw_near()
    for radius in (0.66, 0.76):
        stage.cue.arc((-0.02, -0.70), radius, -1.9, -0.7, 0.025,
                      (248, 248, 248))


@interaction('inspect', 'tennis_racket')
def inspect_racket(stage: Stage) -> None:
    """Held level before the eyes, a magnifying glass over its face."""
    figure = stage.person()
    thing = stage.thing(0.14, -0.62, angle=1.1)
    face = thing.at('face')
    hand = (face[0] - 0.10, face[1] - 0.14)
    stand(figure, -0.04, (thing.at('grip'), hand), tilt=0.45)
    figure.draw_far()
    thing.draw()
    figure.draw_near()
    cues.magnifier(stage.cue, hand, face)
