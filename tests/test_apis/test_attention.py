# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
import pytest
import torch

from mmhoi.apis import ImageReadError, pair_attention


@pytest.fixture(scope='module')
def attention(inferencer, scene):
    return pair_attention(inferencer, scene, pair=2)


def test_same_predictions(inferencer, scene, attention):
    pred = attention.data_sample.pred_hoi_instances
    usual, = inferencer(scene, return_datasamples=True)['predictions']
    usual = usual.pred_hoi_instances
    assert torch.equal(pred.query_inds, usual.query_inds)
    torch.testing.assert_close(pred.scores, usual.scores, rtol=0, atol=1e-6)
    torch.testing.assert_close(
        pred.sub_bboxes, usual.sub_bboxes, rtol=0, atol=1e-4)
    assert attention.query == usual.query_inds[2]


def test_sums(scene, attention):
    assert np.array_equal(attention.image, scene[..., ::-1])
    for name in ('human', 'object', 'memory'):
        weights = getattr(attention, name)
        assert weights.shape == scene.shape[:2]
        assert weights.sum() == pytest.approx(1, abs=1e-4)
        assert attention.cells[name].sum() == pytest.approx(1, abs=1e-4)
    rest = 1 - attention.clip_token
    assert 0 < rest < 1
    assert np.nansum(attention.clip) == pytest.approx(rest, abs=1e-4)
    # The sides of a wide image.
    margin = (scene.shape[1] - scene.shape[0]) // 2
    unseen = np.isnan(attention.clip).all(0)
    assert unseen[:margin].all() and abs(unseen.sum() - 2 * margin) <= 2


def test_query_instead_of_rank(inferencer, scene, attention, tmp_path):
    path = tmp_path / 'a.png'
    cv2.imwrite(str(path), scene)
    other = pair_attention(inferencer, path, query=attention.query)
    queries = attention.data_sample.pred_hoi_instances.query_inds.tolist()
    assert other.pair == queries.index(attention.query)
    np.testing.assert_allclose(other.human, attention.human, atol=1e-7)


@pytest.mark.parametrize('kwargs, message', [
    (dict(pair=100), r'pair 100 does not exist: the image has \d+ pred'),
    (dict(pair=-1), 'pair -1 does not exist'),
    (dict(query=16), 'query 16 has no prediction'),
])
def test_no_such_pair(inferencer, scene, kwargs, message):
    with pytest.raises(IndexError, match=message):
        pair_attention(inferencer, scene, **kwargs)


def test_unreadable_image(inferencer):
    with pytest.raises(ImageReadError, match='no.jpg'):
        pair_attention(inferencer, 'no.jpg')
