# Copyright (c) mmhoi contributors.
"""Comparison with the official V-COCO program, and properties.

The file in tests/data holds 8 actions (11 roles) of 300 images with synthetic
detections, and what the official program gives for them.
"""
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vcoco_files import official_slice

from mmhoi.evaluation.functional import (evaluate_vcoco, match_agents,
                                         match_roles)
from mmhoi.label_spaces.vcoco_roles import (PAPER_VERBS, ROLE_VERBS,
                                            VCOCO_ACTIONS, VCOCO_VERBS,
                                            VERB_ACTIONS, VERB_ROLES)
from mmhoi.structures import VCOCODetections, VCOCOGroundTruth

FULL = (
    Path(__file__).parents[4] / 'shared' / 'golden' /
    'vcoco_official_seed0.npz')


@pytest.fixture(scope='module')
def golden():
    return official_slice()[0]


@pytest.fixture(scope='module')
def arrays():
    return official_slice()[1:]


def test_equals_official_program(golden, arrays):
    result = evaluate_vcoco(*arrays)
    for ap, expected in ((result.scenario_1[golden['verbs']], golden['ap_1']),
                         (result.scenario_2[golden['verbs']],
                          golden['ap_2']), (result.agent[golden['actions']],
                                            golden['ap_agent'])):
        # The official program stores float32.
        np.testing.assert_allclose(ap, expected, atol=1e-7)
    np.testing.assert_array_equal(result.num_gt[golden['actions']],
                                  golden['num_gt'])


def test_flags_equal_official_program(golden, arrays):
    np.testing.assert_array_equal(match_agents(*arrays), golden['agent_tp'])
    for scenario in (1, 2):
        expected = golden[f'role_tp_{scenario}']
        np.testing.assert_array_equal(match_roles(*arrays, scenario), expected)
        assert {-1, 0, 1} == set(expected.tolist())


@pytest.mark.skipif(not FULL.exists(), reason='needs the full golden data')
def test_equals_official_program_in_all_roles():
    golden = np.load(FULL)
    gt = VCOCOGroundTruth(*(golden[f'person_{k}']
                            for k in ('image_id', 'box', 'action',
                                      'role_box')))
    det = VCOCODetections.from_dense(*(golden[f'det_{k}']
                                       for k in ('image_id', 'person_box',
                                                 'agent_score', 'role')))
    result = evaluate_vcoco(gt, det)
    where = VERB_ACTIONS[ROLE_VERBS], VERB_ROLES[ROLE_VERBS]
    for scenario, ap in ((1, result.scenario_1), (2, result.scenario_2)):
        np.testing.assert_allclose(
            ap[ROLE_VERBS], golden[f'ap_role_s{scenario}'][where], atol=1e-6)
        flags = golden[f'tp_role_s{scenario}'][det.role_rows,
                                               VERB_ACTIONS[det.role_labels],
                                               VERB_ROLES[det.role_labels]]
        np.testing.assert_array_equal(match_roles(gt, det, scenario), flags)
    np.testing.assert_allclose(result.agent, golden['ap_agent'], atol=1e-6)
    np.testing.assert_array_equal(result.num_gt, golden['npos'])
    # The means that the official program and papers give, see the README.
    for value, expected in ((result.mean_role_ap(1), 0.2742418854807814),
                            (result.mean_role_ap(2), 0.3412604971478383),
                            (result.mean_role_ap(1, True), 0.2746431955695152),
                            (result.mean_role_ap(2, True), 0.3389975661039352),
                            (result.mean_agent_ap(), 0.4483328071924356)):
        assert value == pytest.approx(expected, abs=1e-6)


def test_classes():
    assert len(VCOCO_ACTIONS) == 26 and len(ROLE_VERBS) == 25
    assert len(PAPER_VERBS) == 24
    assert VCOCO_VERBS[ROLE_VERBS[~np.isin(ROLE_VERBS, PAPER_VERBS)]
                       [0]] == 'point_instr'
    second = [VCOCO_VERBS[v] for v in np.flatnonzero(VERB_ROLES == 1)]
    assert second == ['hit_obj', 'eat_instr', 'cut_obj']
    bare = [VCOCO_VERBS[v] for v in np.flatnonzero(VERB_ROLES == -1)]
    assert bare == ['stand', 'walk', 'run', 'smile']


def test_dense_and_back(arrays):
    det = arrays[1]
    again = VCOCODetections.from_dense(det.images, det.sub_bboxes,
                                       *det.dense())
    agents = np.lexsort((det.agent_labels, det.agent_rows))
    roles = np.lexsort((det.role_labels, det.role_rows))
    for name, values in zip(det._fields, det):
        order = (
            agents if name.startswith('agent') else roles if name.startswith(
                ('role', 'obj')) else slice(None))
        np.testing.assert_array_equal(getattr(again, name), values[order])


def test_select_keeps_what_belongs_together(arrays):
    gt, det = arrays
    keep = det.images % 2 == 0
    part = det.select(keep)
    assert 0 < len(part.images) < len(det.images)
    for rows, labels, scores, mask in ((part.agent_rows, 'agent_labels',
                                        'agent_scores', keep[det.agent_rows]),
                                       (part.role_rows, 'role_labels',
                                        'role_scores', keep[det.role_rows])):
        assert (part.images[rows] % 2 == 0).all()
        for name in (labels, scores):
            np.testing.assert_array_equal(
                getattr(part, name),
                getattr(det, name)[mask])
    # Images do not interact: the flags stay what they were.
    np.testing.assert_array_equal(
        match_roles(gt, part, 1),
        match_roles(gt, det, 1)[keep[det.role_rows]])


@pytest.mark.parametrize('empty', ['gt', 'det', 'both'])
def test_empty_sides(arrays, empty):
    gt, det = arrays
    if empty != 'det':
        gt = VCOCOGroundTruth(*(values[:0] for values in gt))
    if empty != 'gt':
        det = det.select(np.zeros(len(det.images), bool))
    result = evaluate_vcoco(gt, det)
    if empty == 'det':
        assert result.mean_role_ap(1) == result.mean_agent_ap() == 0
    else:
        assert np.isnan(result.mean_role_ap(2))
        assert np.isnan(result.agent).all()


@pytest.mark.parametrize('name, rows', [
    ('sub_bboxes', None),
    ('agent_scores', 'agent_rows'),
    ('role_scores', 'role_rows'),
])
def test_values_that_cannot_be_ranked(arrays, name, rows):
    gt, det = arrays
    values = getattr(det, name).copy()
    values[70] = np.inf
    image = det.images[70 if rows is None else getattr(det, rows)[70]]
    with pytest.raises(ValueError, match=rf'{name}\[70\] of image {image} '):
        evaluate_vcoco(gt, det._replace(**{name: values}))


def test_unknown_scenario(arrays):
    with pytest.raises(ValueError, match='scenario 3; allowed: 1, 2'):
        match_roles(*arrays, 3)


def iou(box1, box2):
    width = min(box1[2], box2[2]) - max(box1[0], box2[0]) + 1
    height = min(box1[3], box2[3]) - max(box1[1], box2[1]) + 1
    inter = max(width, 0) * max(height, 0)
    area1, area2 = ((b[2] - b[0] + 1) * (b[3] - b[1] + 1)
                    for b in (box1, box2))
    return inter / (area1 + area2 - inter)


def looped_flags(gt, det, scenario):
    """Roles one by one, image by image: slow and plain."""
    flags = np.zeros(len(det.role_rows), int)
    taken = set()
    for row in np.argsort(-det.role_scores, kind='stable'):
        person = det.role_rows[row]
        verb = det.role_labels[row]
        rows = [
            q for q in range(len(gt.images))
            if gt.images[q] == det.images[person]
        ]
        if not rows:
            continue
        ious = [iou(gt.sub_bboxes[q], det.sub_bboxes[person]) for q in rows]
        best = int(np.argmax(ious))
        q = rows[best]
        label = gt.actions[q, VERB_ACTIONS[verb]]
        if label < 0:
            flags[row] = -1
            continue
        truth = gt.obj_bboxes[q, VERB_ACTIONS[verb], VERB_ROLES[verb]]
        box = det.obj_bboxes[row]
        if np.isnan(truth).all():
            overlap = scenario == 2 or np.isnan(box).all() or not box.any()
        else:
            overlap = 0 if np.isnan(box).all() else iou(truth, box)
        hit = label == 1 and ious[best] >= .5 and overlap >= .5
        if hit and (q, verb) not in taken:
            taken.add((q, verb))
            flags[row] = 1
    return flags


def boxes(rng, *shape):
    corners = rng.integers(0, 4, (*shape, 4)) * 5.
    corners[..., 2:] = corners[..., :2] + rng.integers(1, 3, (*shape, 2)) * 5
    return corners.astype(np.float32)


def random_scene(seed, num_persons=6, num_det=8, num_images=3):
    rng = np.random.default_rng(seed)
    actions = rng.integers(0, 2, (num_persons, 26)).astype(np.int8)
    actions[rng.random(num_persons) < .25] = -1
    truth = boxes(rng, num_persons, 26, 2)
    truth[rng.random((num_persons, 26, 2)) < .3] = np.nan
    gt = VCOCOGroundTruth(
        rng.integers(0, num_images, num_persons), boxes(rng, num_persons),
        actions, truth)
    roles = np.full((num_det, 26, 2, 5), np.nan, np.float32)
    roles[..., :4] = boxes(rng, num_det, 26, 2)
    empty = rng.random((num_det, 26, 2))
    roles[empty < .2, :4] = 0
    roles[empty > .8, :4] = np.nan
    scores = rng.permutation(num_det * 52).reshape(num_det, 26, 2)
    roles[..., 4] = np.where(rng.random(scores.shape) < .5, scores, np.nan)
    return gt, VCOCODetections.from_dense(
        rng.integers(0, num_images, num_det), boxes(rng, num_det),
        rng.permutation(num_det * 26).reshape(num_det, 26) / 100., roles)


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_equals_plain_loop(seed):
    gt, det = random_scene(seed)
    for scenario in (1, 2):
        np.testing.assert_array_equal(
            match_roles(gt, det, scenario), looped_flags(gt, det, scenario))


def same(result, other):
    for name in ('scenario_1', 'scenario_2', 'agent'):
        np.testing.assert_allclose(
            getattr(result, name), getattr(other, name), rtol=0, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_order_and_names_of_images_are_indifferent(seed):
    gt, det = random_scene(seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(det.images))
    dense = [table[order] for table in det.dense()]
    shuffled = VCOCODetections.from_dense(det.images[order],
                                          det.sub_bboxes[order], *dense)
    # Within an image the order of the persons matters, that of images not.
    by_image = np.argsort(-gt.images, kind='stable')
    renamed = VCOCOGroundTruth(-7 * gt.images[by_image],
                               *(values[by_image] for values in gt[1:]))
    same(
        evaluate_vcoco(gt, det),
        evaluate_vcoco(renamed,
                       shuffled._replace(images=-7 * shuffled.images)))


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_scenario_2_is_easier_and_false_positives_never_help(seed):
    gt, det = random_scene(seed)
    result = evaluate_vcoco(gt, det)
    known = ~np.isnan(result.scenario_1)
    assert (result.scenario_2 >= result.scenario_1)[known].all()
    extra = dict(
        images=np.append(det.images, 999),
        sub_bboxes=np.concatenate((det.sub_bboxes, det.sub_bboxes[:1])),
        role_rows=np.append(det.role_rows,
                            np.full(len(ROLE_VERBS), len(det.images))),
        role_labels=np.append(det.role_labels, ROLE_VERBS),
        role_scores=np.append(det.role_scores, np.full(len(ROLE_VERBS), 1e6)),
        obj_bboxes=np.concatenate(
            (det.obj_bboxes, det.sub_bboxes[:1].repeat(25, 0))))
    worse = evaluate_vcoco(gt, det._replace(**extra))
    assert (worse.scenario_1 <= result.scenario_1)[known].all()
    assert (worse.scenario_2 <= result.scenario_2)[known].all()
