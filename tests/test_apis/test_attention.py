# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
import pytest
import torch

from mmhoi.apis import ImageReadError, pair_attention
from mmhoi.visualization import AttentionRecorder
from mmhoi.visualization.attention_maps import attention_of_pair


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


def test_image_of_a_batch(inferencer, scene):
    # The second image is narrower, so that it is padded.
    images = [scene, np.ascontiguousarray(scene[:, :100])]
    with AttentionRecorder(inferencer.model) as recorder:
        samples = inferencer.forward(inferencer.preprocess(images, 'ab'))
    attention = attention_of_pair(
        recorder, images[1], samples[1], 0, inferencer.dataset_meta, index=1)
    query = samples[1].pred_hoi_instances.query_inds[0]
    assert np.array_equal(attention.cells['memory'].ravel(),
                          recorder.memory[1, query].numpy())
    for name in ('human', 'object', 'memory'):
        assert getattr(attention, name).shape == images[1].shape[:2]
    # Queries of the instance decoder do not look at padding.
    assert not attention.cells['human'][:, -1].any()
    assert 0.9 < attention.human.sum() <= 1 + 1e-5
    # Those of HOICLIP's interaction decoder do, as in the official code.
    assert attention.memory.sum() < 0.95


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
