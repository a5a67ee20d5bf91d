# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.vision_language import encode_texts, load_open_clip
from mmhoi.models.vision_language.token_check import unreadable_texts


@pytest.fixture(scope='module')
def tokenizer():
    return load_open_clip('mmhoi-mini').tokenizer


@pytest.mark.parametrize('text, too_long, empty', [
    ('a person riding a horse', False, False),
    ('a ' * 18, False, False),
    ('a ' * 19, True, False),
    ('一个人骑马', False, False),
    ('\u00a0', False, True),
    ('🐕', False, False),
])
def test_texts(tokenizer, text, too_long, empty):
    assert tokenizer.context_length == 20
    assert unreadable_texts(tokenizer,
                            [text, 'a dog']) == ([text] if too_long else [],
                                                 [text] if empty else [])


def test_what_is_cut_off_does_not_count():
    embeddings = encode_texts('mmhoi-mini', None, ['a ' * 18, 'a ' * 50])
    torch.testing.assert_close(embeddings[0], embeddings[1])
