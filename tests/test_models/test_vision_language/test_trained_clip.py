# Copyright (c) mmhoi contributors.
import warnings

import pytest
import torch
import torch.nn.functional as F

from mmhoi.models.vision_language import encode_texts, weights_identity
from mmhoi.models.vision_language.trained_clip import (check_trained_clip,
                                                       clip_identity,
                                                       may_be_same)
from mmhoi.utils.setup_error import SetupError

MINI = dict(model_name='mmhoi-mini', pretrained=None)
PROMPTS = [f'a photo of a person riding a {x}' for x in ('cow', 'dog', 'car')]


@pytest.fixture(scope='module')
def rows():
    return encode_texts(texts=PROMPTS, use_cache=False, **MINI)


@pytest.mark.parametrize('one, other, same', [
    ('a openai', 'a openai', True),
    ('a openai', 'a laion', False),
    ('a ' + 64 * '0', 'a ' + 64 * '1', False),
    ('a openai', 'a ' + 64 * '0', True),
])
def test_identities(one, other, same):
    assert may_be_same(one, other) == may_be_same(other, one) == same


@pytest.mark.parametrize('clip', [
    None,
    dict(MINI, pretrained='random'),
    dict(MINI, pretrained='gone.pt'),
    dict(MINI, pretrained='empty'),
])
def test_what_has_no_identity(clip):
    assert clip_identity(clip) == ''


@pytest.mark.parametrize('noted', [None, weights_identity('mmhoi-mini', None)])
def test_the_same_clip(rows, noted):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        check_trained_clip(MINI, noted, PROMPTS, rows)


@pytest.mark.parametrize('changes, noted, message', [
    ({}, 'mmhoi-mini ' + 64 * '0', 'trained with another one.*model.clip'),
    (dict(pretrained='gone.pt'), None, 'need the text tower.*gone.pt'),
    (dict(pretrained='empty'), None, 'need the text tower.*empty'),
])
def test_another_clip_is_refused(rows, changes, noted, message):
    with pytest.raises(SetupError, match=message):
        check_trained_clip({**MINI, **changes}, noted, PROMPTS, rows)


def test_another_width_is_refused(rows):
    with pytest.raises(SetupError, match='numbers wide, but the model has 64'):
        check_trained_clip(MINI, None, PROMPTS, rows[:, :64])


def test_rows_of_another_clip_are_warned_of(rows):
    other = F.normalize(torch.randn(rows.shape), dim=1)
    with pytest.warns(UserWarning, match='mean cosine.*model.clip'):
        check_trained_clip(MINI, None, PROMPTS, other)
