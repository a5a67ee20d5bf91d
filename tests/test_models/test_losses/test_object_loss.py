# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.losses import build_object_loss, object_loss

LOSS = dict(type='mmdet.CrossEntropyLoss', loss_weight=2.0)


@pytest.mark.parametrize('options, weights', [
    (dict(bg_cls_weight=0.1), [1, 1, 0.1]),
    (dict(), [1, 1, 1]),
    (dict(class_weight=[3, 2, 1]), [3, 2, 1]),
    (dict(class_weight=[3, 2, 1], bg_cls_weight=0.1), [3, 2, 1]),
])
def test_weights(options, weights):
    cfg = dict(LOSS, **options)
    loss = build_object_loss(cfg, 3)
    assert loss.class_weight == weights
    assert cfg == dict(LOSS, **options)


def test_other_number_of_weights():
    with pytest.raises(
            ValueError,
            match=r'has 81 entries.* has 4 object.*write \[1.0\] \* 3 \+'):
        build_object_loss(dict(LOSS, class_weight=[1.0] * 81), 4)


def test_weighted_mean():
    loss = build_object_loss(dict(LOSS, bg_cls_weight=0.1), 3)
    torch.manual_seed(0)
    logits, labels = torch.randn(2, 4, 3), torch.tensor([[0, 1, 2, 2]] * 2)
    expected = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), torch.tensor([1, 1, 0.1]))
    torch.testing.assert_close(object_loss(loss, logits, labels), 2 * expected)
