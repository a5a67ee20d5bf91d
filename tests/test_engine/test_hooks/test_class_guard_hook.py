# Copyright (c) mmhoi contributors.
from types import SimpleNamespace

import pytest
import torch

from mmhoi.engine.hooks import ClassGuardHook


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


def test_other_names_are_refused(make_runner):
    runner = make_runner(ClassGuardHook())
    names = list(runner.train_dataloader.dataset.metainfo['hoi_classes'])
    runner.model.label_space = SimpleNamespace(hois=tuple(names))
    runner.train()
    runner.model.label_space.hois = tuple(names[::-1])
    with pytest.raises(
            ValueError,
            match=f'class 0 is "{names[-1]}" and "{names[0]}".*label_space'):
        ClassGuardHook().before_train(runner)


KINDS = ('objects', 'verbs', 'hois')
SPACE = SimpleNamespace(
    objects=('person', 'dog'),
    verbs=('walk', 'feed'),
    hois=('walk dog', 'feed dog'))


@pytest.mark.parametrize('meta, kept', [
    (dict(), 'ovh'),
    (dict(classes=['person', 'dog']), 'ovh'),
    (dict(classes=['person', 'cat']), 'vh'),
    (dict(verb_classes=['feed', 'walk']), 'oh'),
    (dict(hoi_classes=['feed dog', 'walk dog']), 'ov'),
    (dict(classes=['car'], verb_classes=['wash'], hoi_classes=['x']), ''),
])
def test_weights_of_other_classes_are_not_loaded(make_runner, tmp_path, meta,
                                                 kept):
    runner = make_runner(ClassGuardHook())
    head = torch.nn.Module()
    head.label_space = SPACE
    head.class_rows = {
        f'{kind}.{row}': kind
        for kind in KINDS
        for row in ('weight', 'bias')
    }
    for kind in KINDS:
        classifier = torch.nn.Linear(3, 2)
        classifier.register_buffer('logit_scale', torch.zeros(()))
        torch.nn.init.zeros_(classifier.weight)
        torch.nn.init.zeros_(classifier.bias)
        head.add_module(kind, classifier)
    runner.model.head = head
    state = {k: v + 1 for k, v in runner.model.state_dict().items()}
    path = tmp_path / 'other.pth'
    torch.save(dict(state_dict=state, meta=dict(dataset_meta=meta)), path)
    runner.load_checkpoint(str(path))
    for kind in KINDS:
        classifier = getattr(head, kind)
        is_kept = float(kind[0] in kept)
        assert (classifier.weight == is_kept).all()
        assert (classifier.bias == is_kept).all()
        assert classifier.logit_scale == 1
    assert (runner.model.weight == 1).all()


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


def test_same_split_passes(make_runner):
    split = dict(zero_shot_split='uv')
    make_runner(ClassGuardHook(), model=split, dataset=split).train()
