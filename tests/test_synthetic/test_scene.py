# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
import pytest

from mmhoi.synthetic import (SceneRenderer, all_labels, contact_sheet,
                             load_vocabulary, sample_hoi_ids)
from mmhoi.synthetic.drawing import Drawing, Frame, two_bones
from mmhoi.synthetic.raster import Canvas

CLASSES = load_vocabulary().classes


@pytest.mark.parametrize('hoi_id', list(CLASSES))
def test_every_class_is_rendered(hoi_id):
    renderer = SceneRenderer()
    label = load_vocabulary().object_labels[CLASSES[hoi_id].object]
    for seed in range(3):
        scene = renderer.render(np.random.default_rng(seed), [hoi_id])
        assert scene.pairs
        for subject, obj, hois in scene.pairs:
            assert subject != obj
            assert scene.labels[subject] == 0
            assert scene.labels[obj] == label
            assert hoi_id in hois
        assert all_labels(hoi_id) in [hois for _, _, hois in scene.pairs]
        sides = scene.boxes[:, 2:] - scene.boxes[:, :2] + 1
        assert sides.min() >= 9
        assert 1 <= (scene.labels == 0).sum() <= 4


def test_boxes_are_inside_the_image():
    renderer = SceneRenderer(200, 130)
    rng = np.random.default_rng(5)
    for _ in range(60):
        ids = sample_hoi_ids(rng, int(rng.integers(1, 4)))
        scene = renderer.render(rng, ids)
        assert scene.image.shape == (130, 200, 3)
        assert scene.image.dtype == np.uint8
        assert scene.boxes.shape == (len(scene.labels), 4)
        assert (scene.boxes >= 0).all()
        assert (scene.boxes[:, [0, 2]] < 200).all()
        assert (scene.boxes[:, [1, 3]] < 130).all()
        assert (scene.boxes[:, 2:] > scene.boxes[:, :2]).all()
        shown = {h for _, _, hois in scene.pairs for h in hois}
        assert set(ids) <= shown


def test_rendering_is_deterministic():
    first, second = (
        SceneRenderer().render(np.random.default_rng(4), [18, 495])
        for _ in range(2))
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.boxes, second.boxes)
    assert first.pairs == second.pairs


def test_distractors_have_no_pair():
    renderer = SceneRenderer()
    found = 0
    for seed in range(20):
        plain = renderer.render(np.random.default_rng(seed), [501], 0)
        more = renderer.render(np.random.default_rng(seed), [501], 2)
        assert len(plain.pairs) == len(more.pairs)
        found += len(more.boxes) - len(plain.boxes)
    assert found > 10


def test_boxes_are_tight():
    """A box is the bounding box of the pixels that drawing changed."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        drawing = Drawing()
        pen = drawing.pen(0, Frame(*rng.uniform(0.5, 1.5, 2), angle=0.3))
        pen.line([(0, 0), tuple(rng.uniform(-0.4, 0.4, 2))], 0.1,
                 (255, 255, 255))
        pen.disc(tuple(rng.uniform(-0.4, 0.4, 2)), 0.1, (255, 255, 255))
        # A cue changes pixels, but no box.
        drawing.pen().disc((1.9, 1.9), 0.05, (0, 255, 0))
        canvas = Canvas(np.zeros((100, 100, 3), np.uint8))
        box = canvas.draw(drawing, 50, (0, 0))[0]
        changed = (canvas.image[..., 0] > 127).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(changed)
        assert box == (x, y, x + w - 1, y + h - 1)


def test_mirror_and_clipping():
    drawing = Drawing()
    drawing.pen(0).poly([(0.2, 0.2), (0.6, 0.2), (0.6, 0.4), (0.2, 0.4)],
                        (255, 0, 0))
    drawing.pen(1).disc((5.0, 5.0), 0.1, (255, 0, 0))
    image = np.zeros((100, 100, 3), np.uint8)
    left = Canvas(image).draw(drawing, 100, (0, 0))
    right = Canvas(image).draw(drawing, 100, (99, 0), mirror=True)
    assert list(left) == [0]
    assert right[0][0] == 99 - left[0][2]
    assert Canvas(image).draw(drawing, 100, (-40, 0))[0][0] == 0


def test_limbs_reach_their_target():
    joint, end = two_bones((0, 0), (0.2, 0.2), 0.2, 0.2, 1)
    assert end == pytest.approx((0.2, 0.2))
    assert np.hypot(*joint) == pytest.approx(0.2)
    # Out of reach, a limb stretches by a fifth at most.
    _, end = two_bones((0, 0), (2.0, 0.0), 0.2, 0.2, 1)
    assert end == pytest.approx((0.48, 0.0))


def test_bad_requests_are_refused():
    renderer = SceneRenderer()
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match='1 to 3'):
        renderer.render(rng, [])
    with pytest.raises(ValueError, match='not rendered'):
        renderer.render(rng, [0])
    with pytest.raises(ValueError, match='at least'):
        SceneRenderer(32, 32)


def test_contact_sheet():
    sheet = contact_sheet([18, 139, 495], columns=2)
    assert sheet.shape == (2 * 176, 2 * 192, 3)
