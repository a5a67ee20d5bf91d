# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.heads.training_free_enhancement import training_free_scores

COSINES = torch.tensor([[0.1, 0.4, 0.2, 0.3], [0.9, 0.0, 0.1, 0.2]])


@pytest.mark.parametrize('mode, kept, other', [
    ('cosine', COSINES, 0.0),
    ('sigmoid', COSINES.sigmoid(), 0.5),
])
def test_topk_of_each_image(mode, kept, other):
    scores = training_free_scores(COSINES, topk=2, mode=mode)
    expected = torch.full_like(COSINES, other)
    for row, column in ((0, 1), (0, 3), (1, 0), (1, 3)):
        expected[row, column] = kept[row, column]
    torch.testing.assert_close(scores, expected)


def test_topk_above_the_number_of_classes():
    torch.testing.assert_close(training_free_scores(COSINES, topk=9), COSINES)


@pytest.mark.parametrize('wrong', [dict(mode='logit'), dict(topk=0)])
def test_wrong_options(wrong):
    with pytest.raises(ValueError, match='training_free_enhancement'):
        training_free_scores(COSINES, **wrong)
