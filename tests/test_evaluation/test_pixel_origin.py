# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.evaluation.pixel_origin import matched_offsets, origin_warnings
from mmhoi.structures import PairArrays


def make_pairs(num=2000, noise=3.):
    """Annotation and noisy detections, both 0-based, cut off at 0."""
    rng = np.random.RandomState(0)

    def jitter(bboxes):
        return (bboxes + rng.normal(0, noise, bboxes.shape)).clip(min=0)

    start = rng.randint(-20, 300, (num, 4)).clip(min=0)
    sub, obj = (
        np.hstack((s, s + rng.randint(50, 300, (num, 2))))
        for s in (start[:, :2], start[:, 2:]))
    gt = PairArrays(np.arange(num), np.zeros(num, int), sub, obj)
    return gt, gt._replace(
        sub_bboxes=jitter(sub), obj_bboxes=jitter(obj), scores=rng.rand(num))


def shifted(pairs, *pixels):
    return pairs._replace(
        sub_bboxes=pairs.sub_bboxes + np.array(pixels),
        obj_bboxes=pairs.obj_bboxes + np.array(pixels))


@pytest.mark.parametrize('det_origin', [0, 1])
@pytest.mark.parametrize('gt_origin', [0, 1])
def test_right_origins_are_silent(gt_origin, det_origin):
    assert list(origin_warnings(*make_pairs(), det_origin, gt_origin)) == []


@pytest.mark.parametrize('assumed', [0, 1])
def test_wrong_origin_of_predictions(assumed):
    gt, det = make_pairs()
    off = 1 if assumed == 0 else -1
    border, matched = origin_warnings(gt, shifted(det, off), assumed, 1)
    assert f'try --det-origin {1 - assumed}' in border
    assert f'smallest coordinate of the predictions is {1 - assumed}' in border
    assert f'try --det-origin {1 - assumed}' in matched
    assert ('lie +' if off > 0 else 'lie -') in matched


@pytest.mark.parametrize('assumed', [0, 1])
def test_wrong_origin_of_annotation(assumed):
    gt, det = make_pairs()
    off = 1 if assumed == 0 else -1
    border, matched = origin_warnings(shifted(gt, off), det, 0, assumed)
    assert f'try --ann-origin {1 - assumed}' in border
    assert f'--ann-origin {1 - assumed}' in matched


def test_half_pixel_pattern():
    gt, det = make_pairs()
    text, = origin_warnings(gt, shifted(det, 0, 0, 1, 1), 0, 1)
    assert 'first pixels outside' in text and 'subtract 1' in text


@pytest.mark.parametrize('pixels, remedy', [(.5, 'subtract'), (-.5, 'add')])
def test_half_a_pixel_off(pixels, remedy):
    gt, det = make_pairs()
    text, = origin_warnings(gt, shifted(det, pixels), 0, 1)
    assert 'half a pixel' in text and f'{remedy} 0.5' in text


@pytest.mark.parametrize('pixels', [0, .1, -.15])
def test_less_than_a_quarter_of_a_pixel_is_silent(pixels):
    gt, det = make_pairs()
    assert list(origin_warnings(gt, shifted(det, pixels), 0, 1)) == []


def test_fractions_of_the_image():
    gt, det = make_pairs()
    small = det._replace(
        sub_bboxes=det.sub_bboxes / 640, obj_bboxes=det.obj_bboxes / 640)
    text, = origin_warnings(gt, small, 0, 1)
    assert 'fractions of the size of the image' in text


def test_too_few_or_too_vague_hits_are_silent():
    gt, det = make_pairs(90)
    assert list(origin_warnings(gt, shifted(det, 2), 0, 1)) == []
    gt, det = make_pairs(150, noise=8.)
    assert len(matched_offsets(gt, det)) >= 100
    assert list(origin_warnings(gt, shifted(det, 1.5), 0, 1)) == []


def test_offsets_of_hits():
    gt, det = make_pairs(50, noise=0)
    offsets = matched_offsets(gt, shifted(det, 1, 3, -1, 0))
    np.testing.assert_allclose(offsets, [[2, -.5]] * 100)
    assert matched_offsets(gt, shifted(det, 1000)).shape == (0, 2)
