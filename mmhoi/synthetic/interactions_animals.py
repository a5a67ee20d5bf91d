# Copyright (c) mmhoi contributors.
"""What people do with a horse, cow, dog or elephant."""
from . import cues
from .figure import Figure
from .objects import Placed
from .stage import Stage, interaction, kneel, leap, stand, stride

LARGE = ('horse', 'cow', 'elephant')


def _animal(stage: Stage, gait: str = 'stand', **place) -> Placed:
    animal = stage.make()
    animal.gait = gait
    return stage.place(animal, **place)


def _mounted(stage: Stage, animal: Placed, figure: Figure, hands,
             lean: float) -> None:
    """Draw a person on the back with a leg down either side."""
    foot = animal.at('foot')
    figure.pose(
        animal.at('seat', 0, -0.05), lean, hands,
        (foot, (foot[0] + 0.06, foot[1])))
    figure.draw_far()
    animal.draw()
    figure.draw_near()


@interaction('ride', *LARGE)
def ride(stage: Stage) -> None:
    """Astride at speed with reins in the hands."""
    running = stage.object_name == 'horse'
    animal = _animal(stage, 'run' if running else 'walk')
    figure = stage.person()
    rein = animal.at('rein', -0.10, -0.02)
    if not running and stage.company():
        second = stage.person()
        x, y = animal.at('seat', -0.24, -0.02)
        second.pose((x, y), 0.0, ((x + 0.2, y - 0.14), ) * 2,
                    ((x + 0.08, y + 0.38), ) * 2)
        second.draw()
    cues.speed_lines(stage.cue, (-0.60, animal.at('center')[1]))
    _mounted(stage, animal, figure, (rein, rein), 0.25 + stage.jitter(0.08))
    cues.rope(stage.cue, rein, animal.at('head', 0.04, 0.06), 0.04)


@interaction('straddle', 'horse')
def straddle(stage: Stage) -> None:
    """Astride of an animal that stands still, arms folded, no reins."""
    animal = _animal(stage)
    figure = stage.person()
    x, y = animal.at('seat')
    hand = (x + 0.12, y - 0.24)
    _mounted(stage, animal, figure, (hand, hand), -0.1 + stage.jitter(0.05))


@interaction('jump', 'horse')
def jump(stage: Stage) -> None:
    """Ridden over a fence."""
    cues.fence(stage.cue, 0.12, 0.32)
    animal = _animal(stage, 'run', y=-0.34, angle=-0.32 + stage.jitter(0.06))
    figure = stage.person()
    rein = animal.at('rein', -0.06, -0.02)
    _mounted(stage, animal, figure, (rein, rein), 0.55)


@interaction('feed', 'horse', 'cow', 'elephant', 'dog')
def feed(stage: Stage) -> None:
    """In front of the head, food in the outstretched hand at the mouth."""
    animal = _animal(stage)
    figure = stage.person(facing=-1)
    mouth = animal.at('mouth', 0.08, 0.02)
    animal.draw()
    if stage.object_name == 'dog':
        stand(figure, mouth[0] + 0.34, (mouth, None), lean=0.75, tilt=-0.2)
    else:
        stand(figure, mouth[0] + 0.34, (mouth, mouth), lean=0.1, tilt=0.1)
    figure.draw()
    cues.food(stage.cue, (mouth[0] - 0.03, mouth[1]))


@interaction('pet', 'horse', 'cow', 'elephant', 'dog')
def pet(stage: Stage) -> None:
    """Behind it, one hand stretched out on its back."""
    animal = _animal(stage)
    figure = stage.person()
    back = animal.at('back', 0.0, -0.01)
    animal.draw()
    if stage.object_name == 'dog':
        kneel(figure, back[0] - 0.33, (back, None), lean=0.35)
    else:
        stand(
            figure,
            back[0] - 0.36 + stage.jitter(0.02), (back, None),
            lean=0.2)
    figure.draw()
    if stage.company(0.2) and stage.object_name != 'dog':
        other = stage.person(facing=-1)
        neck = animal.at('neck', 0.0, -0.1)
        stand(other, neck[0] + 0.36, (neck, None), lean=0.15)
        other.draw()


@interaction('hug', 'horse', 'cow', 'dog')
def hug(stage: Stage) -> None:
    """Chest against its neck, both arms around it."""
    figure = stage.person(facing=-1)
    animal = _animal(stage)
    neck = animal.at('neck')
    hands = ((neck[0] - 0.13, neck[1] - 0.04), (neck[0] - 0.1, neck[1] + 0.1))
    if stage.object_name == 'dog':
        kneel(figure, neck[0] + 0.20, hands, lean=0.1, tilt=0.2)
    else:
        stand(figure, neck[0] + 0.18, hands, lean=0.12, tilt=0.2)
    # The head of the animal stays visible before the chest.
    figure.draw_far()
    figure.draw_near(arm=False)
    animal.draw()
    figure.draw_arm()


@interaction('kiss', 'horse', 'cow', 'elephant')
def kiss(stage: Stage) -> None:
    """Bent forward with the face at its face, hands behind the back."""
    animal = _animal(stage)
    figure = stage.person(facing=-1)
    mouth = animal.at('mouth')
    animal.draw()
    # The lean brings the lips to the height of the mouth; a second pose
    # then closes the gap between the faces.
    lean = min(max(0.5 + (mouth[1] + 0.86) / 0.42, 0.35), 1.25)
    x = mouth[0] + 0.42
    for _ in range(2):
        behind = (x + 0.12, -0.50)
        stand(figure, x, (behind, behind), lean=lean, spread=0.08, tilt=-0.35)
        x += mouth[0] + 0.10 - figure.head[0]
    figure.draw()
    cues.heart(stage.cue,
               (mouth[0] + 0.10, min(mouth[1], figure.head[1]) - 0.13))


@interaction('walk', 'horse', 'cow', 'dog')
def walk(stage: Stage) -> None:
    """Led on a rope by someone who strides ahead."""
    animal = _animal(stage, 'walk')
    figure = stage.person()
    neck = animal.at('neck', 0.05)
    x = animal.at('mouth')[0] + 0.40
    hand = (x - 0.22, -0.56)
    animal.draw()
    stride(figure, x, (hand, (x + 0.22, -0.52)))
    figure.draw()
    cues.rope(stage.cue, hand, neck, 0.06)


@interaction('hold', 'dog')
def hold_dog(stage: Stage) -> None:
    """Held up at arm's length in front of the face."""
    figure = stage.person()
    animal = _animal(stage, x=0.48, y=-0.48, angle=-1.0, flip=-1)
    grip = animal.at('center')
    stand(figure, 0.0,
          ((grip[0] - 0.06, grip[1]), (grip[0] - 0.02, grip[1] - 0.02)))
    figure.draw_far()
    animal.draw()
    figure.draw_near()


@interaction('carry', 'dog')
def carry_dog(stage: Stage) -> None:
    """Walking with it in both arms before the belly."""
    figure = stage.person()
    animal = _animal(stage, x=0.14, y=-0.42, scale=0.95)
    belly = animal.at('center', 0.0, 0.06)
    stride(figure, 0.0,
           ((belly[0] + 0.08, belly[1]), (belly[0] + 0.12, belly[1])))
    figure.draw_far()
    figure.draw_near(arm=False)
    animal.draw()
    figure.draw_arm()


@interaction('chase', 'dog')
def chase(stage: Stage) -> None:
    """Running after it with both arms reaching out."""
    animal = _animal(stage, 'run', x=0.30)
    figure = stage.person()
    animal.draw()
    leap(
        figure, -0.52, ((-0.14, -0.66), (-0.10, -0.60)), height=0.02, lean=0.4)
    figure.draw()
    cues.speed_lines(stage.cue, (-0.80, -0.50), 0.18)


@interaction('wash', 'dog', 'elephant')
def wash(stage: Stage) -> None:
    """Rubbed with a sponge, covered with foam."""
    animal = _animal(stage)
    figure = stage.person()
    back = animal.at('back', 0.05, 0.06)
    animal.draw()
    center = animal.at('center')
    obj = animal.obj
    cues.foam(stage.cue, stage.rng, center, obj.half_width * 0.6,
              obj.height * 0.32)
    if stage.object_name == 'dog':
        kneel(figure, back[0] - 0.36, (back, back), lean=0.4)
    else:
        stand(figure, back[0] - 0.36, (back, back), lean=0.25)
    figure.draw()
    cues.sponge(stage.cue, back)


@interaction('hose', 'elephant')
def hose(stage: Stage) -> None:
    """From a distance, with a jet of water on its side."""
    animal = _animal(stage)
    figure = stage.person()
    target = animal.at('center', -animal.obj.half_width * 0.35, -0.05)
    x = -animal.obj.half_width - 0.42
    hand = (x + 0.26, -0.62)
    animal.draw()
    stand(figure, x, (hand, hand), spread=0.1)
    figure.draw()
    cues.hose(stage.cue, hand, target)
