# Copyright (c) mmhoi contributors.
from pathlib import Path

import numpy as np
import pytest

from mmhoi.evaluation.functional import repeat_first_of_ties
from mmhoi.label_spaces import load_label_space
from mmhoi.ops import nms_pairs, select_pairs, top_pairs
from mmhoi.structures import RawOutputs

GOLDEN = Path(__file__).parents[1] / 'data' / 'hoiclip_pair_selection.npz'


def random_outputs(seed, num_images=3, num_queries=5, num_hois=40, levels=50):
    rng = np.random.RandomState(seed)

    def scores(*shape):
        return (rng.randint(levels, size=shape) / levels).astype(np.float32)

    return RawOutputs(
        np.arange(num_images) * 10 + 3,
        scores(num_images, num_queries, num_hois),
        scores(num_images, num_queries, 9),
        *rng.rand(2, num_images, num_queries, 4))


@pytest.mark.parametrize('num', [1, 7, 39, 40, 100, 200, 500])
@pytest.mark.parametrize('levels', [4, 10**6])
def test_equals_sorting_everything(num, levels):
    outputs = random_outputs(0, levels=levels)
    hoi_to_object = np.arange(40) % 8
    pairs = top_pairs(outputs, hoi_to_object, num)
    scores = (outputs.hoi_scores + outputs.obj_scores[:, :, hoi_to_object]**2)
    expected = np.argsort(-scores.reshape(3, -1), 1, kind='stable')[:, :num]
    queries, labels = np.divmod(expected.ravel(), 40)
    rows = np.arange(3).repeat(min(num, 200))
    np.testing.assert_array_equal(pairs.images, outputs.images[rows])
    np.testing.assert_array_equal(pairs.labels, labels)
    np.testing.assert_array_equal(pairs.scores, scores[rows, queries, labels])
    np.testing.assert_array_equal(pairs.sub_bboxes,
                                  outputs.sub_bboxes[rows, queries])
    np.testing.assert_array_equal(pairs.obj_bboxes,
                                  outputs.obj_bboxes[rows, queries])


@pytest.mark.parametrize('nms_cfg', [None, {}, dict(iou_thr=.1)])
def test_chunks_are_indifferent(nms_cfg):
    outputs = random_outputs(1, num_images=6)
    hoi_to_object = np.arange(40) % 9
    whole = select_pairs([outputs], hoi_to_object, 30, nms_cfg)
    chunks = (
        RawOutputs(*(field[part] for field in outputs))
        for part in (slice(0, 1), slice(1, 5), slice(5, 6)))
    parts = select_pairs(chunks, hoi_to_object, 30, nms_cfg)
    for mine, other in zip(whole, parts):
        np.testing.assert_array_equal(mine, other)
    assert (len(whole.images) == 6 * 30) == (nms_cfg is None or not nms_cfg)


@pytest.mark.parametrize('mode', ['no_nms', 'nms'])
def test_equals_official_evaluator(mode):
    """Many scores are equal, of which it repeats the first."""
    golden = np.load(GOLDEN)
    bboxes = golden['bboxes']
    # Boxes that name their query.
    number = np.arange(64.)[None, :, None].repeat(6, 0)
    outputs = RawOutputs(
        np.arange(6), golden['hoi_scores_x256'] / np.float32(256),
        golden['obj_scores_x64'] / np.float32(64),
        np.concatenate((bboxes[:, :64], number), 2), bboxes[:, 64:])
    hoi_to_object = load_label_space('hico_det').hoi_objects
    det = repeat_first_of_ties(top_pairs(outputs, hoi_to_object))
    queries = det.sub_bboxes[:, 4].astype(int)
    det = det._replace(sub_bboxes=det.sub_bboxes[:, :4])
    kept = nms_pairs(det) if mode == 'nms' else np.arange(len(queries))
    for image in range(6):
        rows = kept[det.images[kept] == image]
        rows = rows[np.lexsort(
            (det.labels[rows], queries[rows], -det.scores[rows]))]
        expected = golden[f'{mode}_{image}']
        np.testing.assert_array_equal(queries[rows], expected[0])
        np.testing.assert_array_equal(det.labels[rows], expected[1])
    assert mode == 'no_nms' or len(kept) < 550


@pytest.mark.parametrize('num', [3, 500])
@pytest.mark.parametrize('field', ['hoi_scores', 'obj_scores'])
@pytest.mark.parametrize('bad', [np.nan, np.inf])
def test_scores_that_are_not_finite(num, field, bad):
    outputs = random_outputs(2)
    getattr(outputs, field)[1, 2, 3] = bad
    with pytest.raises(ValueError, match=r'scores of image 13 \(row 1 of'):
        top_pairs(outputs, np.arange(40) % 8, num)


def test_no_chunk():
    with pytest.raises(ValueError, match='is the data set empty'):
        select_pairs([], np.zeros(1, int))
