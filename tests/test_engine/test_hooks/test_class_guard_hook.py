# Copyright (c) mmhoi contributors.
import pytest
import torch
from class_models import (CLASSES, MORE_VERBS, REVERSED, Model, checkpoint_of,
                          trained)

from mmhoi.checkpoints.class_record import classes_of_checkpoint
from mmhoi.engine.hooks import ClassGuardHook
from mmhoi.label_spaces import ClassNames, load_label_space
from mmhoi.utils.setup_error import SetupError


def test_other_number_of_classes_is_refused(make_runner):
    runner = make_runner(ClassGuardHook(), model=dict(num_hois=5))
    with pytest.raises(
            ValueError,
            match='5 HOI classes, but LineDataset '
            'has 3.*train_dataloader'):
        runner.train()


@pytest.mark.parametrize('dataset', [dict(), dict(hoi_classes=None)])
def test_fitting_and_unnamed_classes_pass(make_runner, dataset):
    make_runner(ClassGuardHook(), dataset=dataset).train()


@pytest.mark.parametrize('classes, words', [
    (REVERSED['objects'], 'object class 1 is "horse" in the model and "dog"'),
    (REVERSED['verbs'], 'verb class 0 is "feed" in the model and "hug" in'),
    (REVERSED['hois'], 'HOI class 0 is "feed dog" in the model'),
    (MORE_VERBS, '4 HOI classes, but LineDataset has 3'),
])
def test_other_classes_than_the_data_are_refused(make_runner, classes, words):
    runner = make_runner(ClassGuardHook())
    data = runner.train_dataloader.dataset
    data.metainfo = load_label_space(CLASSES).metainfo()
    runner.model.head = Model().hoi_head
    ClassGuardHook().before_train(runner)
    runner.model.head = Model(classes).hoi_head
    with pytest.raises(SetupError, match=f'{words}.*label_space'):
        ClassGuardHook().before_train(runner)


def test_rows_of_known_classes_are_loaded(make_runner, tmp_path):
    path = tmp_path / 'other.pth'
    torch.save(checkpoint_of(trained()), path)
    runner = make_runner(ClassGuardHook())
    runner.model = Model(MORE_VERBS)
    runner.load_checkpoint(str(path))
    rows = runner.model.hoi_head.named_rows()
    assert rows['wash'] == 0
    assert rows['ride'] == trained().hoi_head.named_rows()['ride']


def test_checkpoints_carry_their_classes(make_runner):
    checkpoint = dict(meta={})
    runner = make_runner(ClassGuardHook())
    runner.call_hook('before_save_checkpoint', checkpoint=checkpoint)
    assert checkpoint == dict(meta={})
    runner.model = Model()
    runner.call_hook('before_save_checkpoint', checkpoint=checkpoint)
    names = classes_of_checkpoint(checkpoint).names
    assert names == ClassNames.of_space(load_label_space(CLASSES))


@pytest.mark.parametrize('of_model, of_data', [('uv', None), (None, 'uv'),
                                               ('uo', 'uv')])
def test_other_split_is_refused(make_runner, of_model, of_data):
    runner = make_runner(
        ClassGuardHook(),
        model=dict(zero_shot_split=of_model),
        dataset=dict(zero_shot_split=of_data))
    with pytest.raises(
            ValueError,
            match=f'zero_shot_split={of_model!r}.*training data has '
            f'{of_data!r}'):
        runner.train()


@pytest.mark.parametrize('of_model, of_data', [('uv', 'uv'),
                                               ('rf_uc', 'RF-UC')])
def test_same_split_passes(make_runner, of_model, of_data):
    make_runner(
        ClassGuardHook(),
        model=dict(zero_shot_split=of_model),
        dataset=dict(zero_shot_split=of_data)).train()
