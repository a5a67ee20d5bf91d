# Copyright (c) mmhoi contributors.
"""From raw outputs to what HOICLIP's evaluator printed, 200 and 20 images.

Needs golden data that are too large for the repository; slices of them are
compared in test_pair_selection.py and test_python_protocols.py.
"""
from pathlib import Path

import numpy as np
import pytest
import torch

from mmhoi.evaluation.functional import (evaluate_hico_det_python,
                                         repeat_first_of_ties)
from mmhoi.label_spaces import load_label_space, seen_hois, unseen_hois
from mmhoi.ops import nms_pairs, top_pairs
from mmhoi.structures import PairArrays, RawOutputs

GOLDEN = Path(__file__).parents[4] / 'shared' / 'golden'
SPACE = load_label_space('hico_det')
pytestmark = pytest.mark.skipif(
    not (GOLDEN / 'evaluator_hico.pt').exists(),
    reason='needs the golden data')


def raw_outputs(golden):
    bboxes = golden['pred_boxes'].numpy()
    num_images = len(bboxes)
    if 'pred_hoi_scores_f16' in golden:
        hoi_scores = golden['pred_hoi_scores_f16'].float()
    else:
        hoi_scores = torch.zeros(num_images, 64 * 600).scatter(
            1, golden['pred_hoi_flat_index'].long(), golden['pred_hoi_value'])
    return RawOutputs(
        np.arange(num_images),
        hoi_scores.view(num_images, 64, 600).numpy(),
        golden['pred_obj_scores_f16'].float().numpy(), bboxes[:, :64],
        bboxes[:, 64:])


def annotation(golden):
    hoi_ids = {
        pair: hoi
        for hoi, pair in enumerate(
            zip(SPACE.hoi_verbs.tolist(), SPACE.hoi_objects.tolist()))
    }
    rows = []
    for image, (boxes, labels, hois) in enumerate(
            zip(golden['gt_boxes'], golden['gt_labels'], golden['gt_hois'])):
        for sub, obj, verb in hois.tolist():
            rows.append((image, hoi_ids[verb, labels[obj].item()],
                         *boxes[sub].tolist(), *boxes[obj].tolist()))
    table = np.array(rows)
    return PairArrays(table[:, 0].astype(int), table[:, 1].astype(int),
                      table[:, 2:6], table[:, 6:])


@pytest.fixture(
    scope='module', params=['evaluator_hico', 'evaluator_hico_ties'])
def golden(request):
    return torch.load(GOLDEN / f'{request.param}.pt', weights_only=True)


@pytest.fixture(scope='module')
def detections(golden):
    det = repeat_first_of_ties(
        top_pairs(raw_outputs(golden), SPACE.hoi_objects))
    return dict(no_nms=det, nms=det.select(nms_pairs(det)))


@pytest.mark.parametrize('mode', ['no_nms', 'nms'])
def test_kept_pairs(golden, detections, mode):
    kept = golden['results'][mode]['kept_detections_per_image']
    det = detections[mode]
    assert len(det.labels) == sum(len(image['hoi']) for image in kept)
    for number, image in enumerate(kept):
        mine = det.select(det.images == number)
        bboxes = golden['pred_boxes'][number].numpy()
        expected = np.column_stack(
            (image['score'], image['hoi'], bboxes[image['sub']],
             bboxes[image['obj']]))
        found = np.column_stack(
            (mine.scores, mine.labels, mine.sub_bboxes, mine.obj_bboxes))
        np.testing.assert_array_equal(
            np.array(sorted(found.tolist())),
            np.array(sorted(expected.tolist())))


@pytest.mark.parametrize('mode', ['no_nms', 'nms'])
def test_printed_figures(golden, detections, mode):
    det, expected = detections[mode], golden['results'][mode]
    result = evaluate_hico_det_python(annotation(golden), det, 'hoiclip', 600)
    has_gt = result.num_gt > 0
    np.testing.assert_array_equal(result.num_gt, expected['num_gt'])
    np.testing.assert_array_equal(result.num_det[has_gt],
                                  expected['num_det'][has_gt])
    # Where equal scores meet in a class its AP depends on unstable sorting.
    pairs = np.column_stack((det.labels, det.scores))
    distinct, counts = np.unique(pairs, axis=0, return_counts=True)
    compared = np.setdiff1d(np.flatnonzero(has_gt), distinct[counts > 1][:, 0])
    np.testing.assert_array_equal(result.ap[compared],
                                  expected['per_class_ap'][compared])
    assert len(compared) >= 10
    metrics = expected['metrics']
    assert result.max_recall() == pytest.approx(
        metrics['mean max recall'], abs=1e-15)
    if len(compared) == has_gt.sum():
        rare = SPACE.rare_hois
        for figure, key in ((result.full(), 'mAP'), (result.subset(rare),
                                                     'mAP rare'),
                            (result.subset(np.setdiff1d(np.arange(600), rare)),
                             'mAP non-rare')):
            assert figure == pytest.approx(metrics[key], abs=1e-15)


def test_zero_shot_figures(golden, detections):
    expected = golden['results'].get('nms_zero_shot_rare_first')
    if expected is None:
        pytest.skip('the file has no zero-shot figures')
    result = evaluate_hico_det_python(
        annotation(golden), detections['nms'], 'hoiclip', 600)
    for hoi_ids, key in ((unseen_hois('rf_uc'), 'mAP unseen'),
                         (seen_hois('rf_uc', 600), 'mAP seen')):
        assert result.subset(hoi_ids) == pytest.approx(
            expected['metrics'][key], abs=1e-15)
