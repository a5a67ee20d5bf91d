# Copyright (c) mmhoi contributors.
import pytest
import torch
from class_models import (MORE_VERBS, OTHER_PROMPT, REVERSED, Model, changed,
                          checkpoint_of, trained)

from mmhoi.checkpoints import (CheckpointMismatchError, check_same_classes,
                               keep_known_rows, map_classes)
from mmhoi.checkpoints.class_record import KEY

#: Classes of a model that differ from `CLASSES`, and what is said.
DIFFERENT = [
    (REVERSED['objects'], 'object class 1 is "horse" in the model and "dog"'),
    (REVERSED['verbs'], 'verb class 0 is "feed" in the model and "hug" in'),
    (REVERSED['hois'], 'HOI class 0 is "feed dog" in the model and "hug dog"'),
    (MORE_VERBS, 'verbs only in the model: wash; HOIs only in the model: wash '
     'dog'),
]


@pytest.mark.parametrize('old', [False, True])
@pytest.mark.parametrize('classes, words', DIFFERENT)
def test_testing_and_resuming_want_the_same(classes, words, old):
    checkpoint = checkpoint_of(trained(), old)
    check_same_classes(Model(), checkpoint)
    with pytest.raises(CheckpointMismatchError) as error:
        check_same_classes(Model(classes), checkpoint)
    assert words in str(error.value)
    assert 'restore it' in str(error.value)


@pytest.mark.parametrize('old', [False, True])
@pytest.mark.parametrize('classes, words', DIFFERENT)
def test_predictions_take_rows_by_name(classes, words, old):
    checkpoint = checkpoint_of(trained(), old)
    model = Model(classes)
    if classes is MORE_VERBS:
        with pytest.raises(CheckpointMismatchError, match=words):
            map_classes(model, checkpoint)
        return
    map_classes(model, checkpoint)
    model.load_state_dict(checkpoint['state_dict'])
    assert model.hoi_head.named_rows() == trained().hoi_head.named_rows()


def test_same_text_is_not_the_same_class():
    """"ride big horse": is the verb or the horse big?"""
    parts = dict(objects=['horse', 'big horse'], verbs=['ride', 'ride big'])
    one, other = (changed(
        **parts,
        hois=[
            dict(verb=verbs[0], object=objects[0]),
            dict(verb=verbs[1], object='horse')
        ]) for verbs, objects in ((['ride', 'ride big'], ['big horse']),
                                  (['ride big', 'ride'], ['horse'])))
    with pytest.raises(CheckpointMismatchError):
        map_classes(Model(one), checkpoint_of(trained(other)))


def test_detector_of_other_order_is_refused():
    model, checkpoint = Model(REVERSED['objects']), checkpoint_of(trained())
    model.object_weights = ('detector.', )
    with pytest.raises(CheckpointMismatchError, match='two-stage'):
        map_classes(model, checkpoint)
    model = Model(REVERSED['verbs'])
    model.object_weights = ('detector.', )
    map_classes(model, checkpoint)


def test_other_prompts():
    checkpoint = checkpoint_of(trained())
    # Without CLIP nobody reads them.
    check_same_classes(Model(OTHER_PROMPT, clip=False), checkpoint)
    model = Model(OTHER_PROMPT)
    with pytest.raises(
            CheckpointMismatchError,
            match='"a hug" in the model, "a photo of a person hugging a dog"'):
        check_same_classes(model, checkpoint)
    map_classes(model, checkpoint)
    # The weights are those of the prompts of the training.
    prompts = Model().hoi_head.label_space.hoi_prompts
    assert model.hoi_head.label_space.hoi_prompts == prompts


def test_other_split():
    checkpoint = checkpoint_of(trained())
    checkpoint['meta'][KEY]['zero_shot_split'] = 'uv'
    model = Model()
    with pytest.raises(CheckpointMismatchError, match="=None.*with 'uv'"):
        check_same_classes(model, checkpoint)
    model.hoi_head.zero_shot_split = 'UV'
    check_same_classes(model, checkpoint)


@pytest.mark.parametrize('old', [False, True])
def test_training_starts_from_known_rows(old):
    checkpoint = checkpoint_of(trained(), old)
    model = Model(MORE_VERBS)
    keep_known_rows(model, checkpoint)
    model.load_state_dict(checkpoint['state_dict'])
    rows = model.hoi_head.named_rows()
    assert rows.pop('wash') == rows.pop(('wash', 'dog')) == 0
    assert rows == trained().hoi_head.named_rows()


def test_no_known_row(caplog):
    other = changed(verbs=['wash'], hois=[dict(verb='wash', object='dog')])
    checkpoint = checkpoint_of(trained(other))
    keep_known_rows(Model(), checkpoint)
    # Background and person are known to all.
    assert list(checkpoint['state_dict']) == ['hoi_head.objects']


def test_row_of_another_text_stays():
    checkpoint = checkpoint_of(trained())
    keep_known_rows(Model(OTHER_PROMPT), checkpoint)
    assert checkpoint['state_dict']['hoi_head.texts.weight'].flatten().tolist(
    )[0] == 0
    assert (checkpoint['state_dict']['hoi_head.verbs'] != 0).all()


def test_detector_of_other_objects_is_left_out():
    model = Model(changed(objects=['dog', 'horse', 'cow']))
    model.object_weights = ('detector.', )
    checkpoint = checkpoint_of(trained())
    checkpoint['state_dict']['detector.weight'] = torch.ones(1)
    keep_known_rows(model, checkpoint)
    assert 'detector.weight' not in checkpoint['state_dict']


@pytest.mark.parametrize('use',
                         [check_same_classes, map_classes, keep_known_rows])
def test_unknown_classes_are_said(use, monkeypatch):
    said = []
    monkeypatch.setattr('mmhoi.checkpoints.class_fit.print_log',
                        lambda text, **_: said.append(text))
    checkpoint = dict(checkpoint_of(trained()), meta={})
    use(Model(), checkpoint)
    assert 'does not tell its classes' in said[0] and len(said) == 1
    assert checkpoint['state_dict'].keys() == trained().state_dict().keys()
