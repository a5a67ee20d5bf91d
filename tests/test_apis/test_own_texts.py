# Copyright (c) mmhoi contributors.
"""Own vocabularies from the inferencer's side."""
import numpy as np
import open_clip
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from mmhoi.apis.clip_similarity import clip_similarities
from mmhoi.models.vision_language import load_open_clip
from mmhoi.models.vision_language.clip_text import encode_texts
from mmhoi.utils.setup_error import SetupError

TEXTS = ['a person riding a horse', 'the man filming a cow', '一个人骑马']


def test_texts_and_back(inferencer, folder):
    image = str(folder / 'a.jpg')
    trained, = inferencer(image)['predictions']
    inferencer.set_vocabulary(TEXTS)
    try:
        result = inferencer(image, return_vis=True, pred_score_thr=0)
    finally:
        inferencer.set_vocabulary(None)
    hois = result['predictions'][0]['hois']
    assert {hoi['text'] for hoi in hois} == set(TEXTS)
    ride = [hoi for hoi in hois if hoi['text'] == TEXTS[0]]
    assert {(hoi['verb'], hoi['object'])
            for hoi in ride} == {('ride', 'horse')}
    film = [hoi for hoi in hois if hoi['text'] == TEXTS[1]]
    assert {(hoi['verb'], hoi['object'])
            for hoi in film} == {('filming', 'cow')}
    assert result['visualization'][0].std() > 0
    assert inferencer(image)['predictions'] == [trained]


def test_texts_are_read_by_the_clip_of_the_training(inferencer):
    """Not what lies in memory: a model with a checkpoint loads no CLIP."""
    inferencer.set_vocabulary(TEXTS)
    try:
        rows = inferencer.model.bbox_head.interaction_classifier.texts.weight
    finally:
        inferencer.set_vocabulary(None)
    prompts = [f'a photo of {text}' for text in TEXTS]
    expected = encode_texts('mmhoi-mini', None, [*TEXTS, *prompts])
    cosines = rows.detach() @ expected.T
    torch.testing.assert_close(cosines.max(1).values, torch.ones(len(TEXTS)))


@pytest.mark.parametrize('change', ['other weights', 'other width'])
def test_texts_of_another_clip(inferencer, change):
    classifier = inferencer.model.bbox_head.interaction_classifier
    before = classifier.texts.weight.data
    after = before.roll(1, 1) if change == 'other weights' else before[:, 1:]
    classifier.texts.weight.data = after
    try:
        with pytest.raises(SetupError, match='another CLIP'):
            inferencer.set_vocabulary(TEXTS)
    finally:
        classifier.texts.weight.data = before


@torch.no_grad()
def test_clip_alone(scene):
    """As open_clip does it."""
    texts = [*TEXTS, 'a photo of a person riding a motorcycle']
    cosines = clip_similarities(scene, texts, 'mmhoi-mini')
    clip = load_open_clip('mmhoi-mini')
    transform = open_clip.image_transform(
        clip.image_size, is_train=False, mean=clip.mean, std=clip.std)
    image = transform(Image.fromarray(scene[..., ::-1]))
    features = (clip.model.encode_image(image[None]),
                clip.model.encode_text(clip.tokenizer(texts)))
    expected = F.cosine_similarity(*features)
    np.testing.assert_allclose(cosines, expected, atol=1e-4)
    # The scene is one of this.
    assert cosines.argmax() == 3
