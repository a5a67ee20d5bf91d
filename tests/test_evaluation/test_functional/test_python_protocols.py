# Copyright (c) mmhoi contributors.
from pathlib import Path

import numpy as np
import pytest

from mmhoi.evaluation.functional import (evaluate_hico_det,
                                         evaluate_hico_det_python,
                                         repeat_first_of_ties)
from mmhoi.structures import PairArrays

DATA = Path(__file__).parents[2] / 'data'
BOX = np.array([[0., 0., 9., 9.]])


@pytest.fixture(scope='module')
def golden():
    return {
        **np.load(DATA / 'hico_official_slice.npz'),
        **np.load(DATA / 'hico_python_slice.npz')
    }


@pytest.fixture(scope='module')
def gt(golden):
    """Annotation of the slice, and of a class outside of it.

    The slice has no annotation in some images that are annotated.
    """
    ids = golden['hoi_ids']
    gt = PairArrays(*(golden[f'gt_{k}']
                      for k in ('image', 'hoi', 'sub', 'obj')))
    images = np.flatnonzero(
        np.unpackbits(golden['images_with_gt'])[:golden['num_images']])
    label = np.setdiff1d(np.arange(600), ids)[0]
    boxes = BOX.repeat(len(images), 0)
    return PairArrays.concatenate(
        [gt, PairArrays(images, np.full(len(images), label), boxes, boxes)])


def detections(golden, shift=0):
    return PairArrays(golden['det_image'], golden['det_hoi'],
                      golden['det_sub_x8'] / 8 + shift,
                      golden['det_obj_x8'] / 8 + shift, golden['det_score'])


@pytest.mark.parametrize('shift', [0, 1])
@pytest.mark.parametrize('protocol, key', [('qpic', 'qpic'),
                                           ('hoiclip', 'hoiclip_triplet')])
def test_equals_published_evaluator(golden, gt, protocol, key, shift):
    result = evaluate_hico_det_python(gt, detections(golden, shift), protocol,
                                      600)
    name = f'ap_{key}_{"shift1" if shift else "noshift"}'
    ids = golden['hoi_ids']
    np.testing.assert_array_equal(result.ap[ids], golden[name])
    has_gt = golden['num_gt'] > 0
    np.testing.assert_array_equal(result.num_gt[ids], golden['num_gt'])
    np.testing.assert_array_equal(np.isnan(result.ap[ids]), ~has_gt)


def test_protocols_are_not_the_official_one(golden, gt):
    ids = golden['hoi_ids'][golden['num_gt'] > 0]
    det = detections(golden, 1)
    official = evaluate_hico_det(gt, det, 600, 'numpy').ap[ids]
    hoiclip = evaluate_hico_det_python(gt, det, 'hoiclip', 600).ap[ids]
    qpic = evaluate_hico_det_python(gt, det, 'qpic', 600).ap[ids]
    np.testing.assert_array_equal(hoiclip, official)
    # False positives in images without annotation are free with QPIC.
    assert (qpic >= official).all() and (qpic > official).any()


def pairs(images, labels, scores=None):
    boxes = BOX.repeat(len(images), 0)
    scores = None if scores is None else np.array(scores)
    return PairArrays(np.array(images), np.array(labels), boxes, boxes, scores)


def test_means_that_are_printed():
    # Class 0 is found, 1 has no detection, 2 no annotation, 3 a wrong one.
    gt = pairs([1, 1, 1], [0, 1, 3])
    det = pairs([1, 1, 2], [0, 2, 3], [.9, .8, .7])
    hoiclip = evaluate_hico_det_python(gt, det, 'hoiclip', num_hois=4)
    qpic = evaluate_hico_det_python(gt, det, 'qpic', num_hois=4)
    for result in (hoiclip, qpic):
        np.testing.assert_allclose(result.ap, [1, 0, np.nan, 0])
        assert result.full() == pytest.approx(1 / 3)
        assert result.max_recall() == pytest.approx(1 / 3)
        assert np.isnan(result.subset([2])) and np.isnan(result.subset([]))
    assert hoiclip.subset([0, 1]) == pytest.approx(1)
    assert qpic.subset([0, 1]) == pytest.approx(1 / 2)
    assert hoiclip.num_det.tolist() == [1, 0, 1, 1]
    assert qpic.num_det.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize('protocol', ['hoiclip', 'qpic'])
def test_only_the_best_of_an_image_count(protocol):
    gt = pairs([5, 6], [0, 0])
    scores = np.linspace(.9, .1, 8)
    det = pairs([5] * 7 + [6], [1] * 6 + [0, 0], scores)
    found = [
        evaluate_hico_det_python(gt, det, protocol, 2, num).recall[0]
        for num in (6, 7)
    ]
    assert found == [.5, 1]


@pytest.mark.parametrize('protocol', ['hoiclip', 'qpic'])
@pytest.mark.parametrize('width, hit', [(1, 0), (2, 1)])
def test_boxes_of_one_pixel_never_overlap(protocol, width, hit):
    box = np.array([[4., 4., 4. + width - 1, 9.]])
    gt = PairArrays(np.array([1]), np.array([0]), box, BOX)
    det = gt._replace(scores=np.array([.5]))
    result = evaluate_hico_det_python(gt, det, protocol, 1)
    assert result.ap == pytest.approx(hit)
    assert evaluate_hico_det(gt, det, 1).ap == pytest.approx(1)


def test_first_of_ties_replaces_the_others():
    det = pairs([2, 1, 1, 1, 2, 1], [0, 1, 2, 3, 4, 5],
                [.5, .5, .9, .5, .7, .9])
    repeated = repeat_first_of_ties(det)
    assert repeated.images.tolist() == [1, 1, 1, 1, 2, 2]
    assert repeated.labels.tolist() == [2, 2, 1, 1, 4, 0]
    assert repeated.scores.tolist() == [.9, .9, .5, .5, .7, .5]
    gt = pairs([1], [3])
    assert evaluate_hico_det_python(gt, det, 'hoiclip', 6).full() == 0
    assert evaluate_hico_det_python(gt, det, 'qpic', 6).full() > 0


def test_empty_and_unknown():
    gt, det = pairs([1], [0]), pairs([1], [0], [.5])
    nothing = det.select([])
    for protocol in ('hoiclip', 'qpic'):
        assert evaluate_hico_det_python(gt, nothing, protocol, 1).full() == 0
    with pytest.raises(ValueError, match='"official"; allowed: hoiclip, qpic'):
        evaluate_hico_det_python(gt, det, 'official', 1)
    with pytest.raises(ValueError, match='HOI id 7 is outside'):
        evaluate_hico_det_python(gt, det._replace(labels=np.array([7])),
                                 'qpic', 7)
