# Copyright (c) mmhoi contributors.
from types import SimpleNamespace

import pytest

from mmhoi.engine.hooks import ClassCheckHook


def test_other_number_of_classes_is_refused(make_runner):
    runner = make_runner(ClassCheckHook(), model=dict(num_hois=5))
    with pytest.raises(
            ValueError,
            match='5 HOI classes, but LineDataset '
            'has 3.*train_dataloader'):
        runner.train()


@pytest.mark.parametrize('dataset', [dict(), dict(hoi_classes=None)])
def test_fitting_and_unnamed_classes_pass(make_runner, dataset):
    make_runner(ClassCheckHook(), dataset=dataset).train()


def test_other_names_are_refused(make_runner):
    runner = make_runner(ClassCheckHook())
    names = list(runner.train_dataloader.dataset.metainfo['hoi_classes'])
    runner.model.label_space = SimpleNamespace(hois=tuple(names))
    runner.train()
    runner.model.label_space.hois = tuple(names[::-1])
    with pytest.raises(
            ValueError,
            match=f'class 0 is "{names[-1]}" and "{names[0]}".*label_space'):
        ClassCheckHook().before_train(runner)


@pytest.mark.parametrize('of_model, of_data', [('uv', None), (None, 'uv'),
                                               ('uo', 'uv')])
def test_other_split_is_refused(make_runner, of_model, of_data):
    runner = make_runner(
        ClassCheckHook(),
        model=dict(zero_shot_split=of_model),
        dataset=dict(zero_shot_split=of_data))
    with pytest.raises(
            ValueError,
            match=f'zero_shot_split={of_model!r}.*training data has '
            f'{of_data!r}'):
        runner.train()


def test_same_split_passes(make_runner):
    split = dict(zero_shot_split='uv')
    make_runner(ClassCheckHook(), model=split, dataset=split).train()
