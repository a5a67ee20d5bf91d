# Copyright (c) mmhoi contributors.
"""Own vocabularies from the inferencer's side."""
import numpy as np
import open_clip
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from mmhoi.apis.clip_similarity import clip_similarities
from mmhoi.apis.vocabulary import parse_vocabulary
from mmhoi.models.vision_language import encode_texts, load_open_clip
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


def test_new_texts_have_the_embeddings_of_the_clip_of_the_config(inferencer):
    """Though the model was built without weights, for a checkpoint."""
    head = inferencer.model.hoi_head
    prompts = parse_vocabulary(TEXTS, head.label_space).prompts
    with inferencer.vocabulary(TEXTS, use_cache=False):
        rows = head.interaction_classifier.texts.weight.detach()
    torch.testing.assert_close(
        rows, encode_texts('mmhoi-mini', None, prompts, use_cache=False))


def test_another_clip_than_that_of_the_training(inferencer, monkeypatch):
    head = inferencer.model.hoi_head
    monkeypatch.setattr(head, 'checked_clip', None)
    monkeypatch.setattr(head, 'trained_clip', 'mmhoi-mini ' + 64 * '0')
    with pytest.raises(SetupError, match='trained with another one'):
        inferencer.set_vocabulary(TEXTS)


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
