# Copyright (c) mmhoi contributors.
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
