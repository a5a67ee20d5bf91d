# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import line_run
import pytest
import torch
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.engine.hooks import EvaluationGuardHook
from mmhoi.evaluation.metrics import DumpHOIResults, HICODetMetric
from mmhoi.evaluation.test_set_check import NothingToEvaluateError
from mmhoi.utils.setup_error import SetupError


class BadMetric(BaseMetric):
    """Fails where it is told to.

    Args:
        at (str): Name of the method.
    """

    default_prefix = 'bad'

    def __init__(self, at):
        super().__init__()
        self.at = at

    def process(self, data_batch, data_samples):
        self.results += data_samples
        self.fail('process')

    def compute_metrics(self, results):
        self.fail('compute_metrics')
        return dict(images=len(results))

    def fail(self, at):
        if at == self.at:
            raise ArithmeticError(f'failed in {at}')


class Log(Hook):
    """Keeps what has been logged."""

    def __init__(self):
        self.metrics = []

    def after_test_epoch(self, runner, metrics=None):
        self.metrics.append(metrics)

    after_val_epoch = after_test_epoch


@pytest.fixture
def make(tmp_path):
    """Function that builds a runner with metrics."""

    def make(metrics, *hooks, **kwargs):
        loader = dict(
            batch_size=2,
            num_workers=0,
            sampler=dict(type='DefaultSampler', shuffle=False),
            dataset=line_run.LineDataset())
        return Runner(
            model=line_run.LineModel(),
            work_dir=str(tmp_path / 'run'),
            train_dataloader=loader,
            val_dataloader=loader,
            test_dataloader=loader,
            val_evaluator=metrics,
            test_evaluator=metrics,
            train_cfg=dict(by_epoch=True, max_epochs=3, val_interval=2),
            val_cfg={},
            test_cfg={},
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', interval=9, **kwargs)),
            custom_hooks=[EvaluationGuardHook(), *hooks],
            default_scope='mmengine',
            experiment_name=tmp_path.name)

    return make


@pytest.mark.parametrize('at', ['process', 'compute_metrics'])
def test_a_metric_that_fails_spares_the_others(make, tmp_path, at):
    out, log = tmp_path / 'new' / 'p.json', Log()
    runner = make(
        [BadMetric(at),
         line_run.LineMetric(),
         DumpHOIResults(str(out))], log)
    with pytest.raises(ArithmeticError, match=f'failed in {at}'):
        runner.test()
    assert len(json.loads(out.read_text())) == 7
    metrics, = log.metrics
    assert metrics['line/images'] == 7
    assert not any(key.startswith('bad') for key in metrics)


def test_nothing_is_said_where_nothing_fails(make):
    runner = make([BadMetric(None), line_run.LineMetric()])
    assert set(runner.test()) == {'bad/images', 'line/mean', 'line/images'}
    runner = make([line_run.LineMetric(), line_run.LineMetric()])
    with pytest.raises(ValueError, match='two metrics give .* line/images'):
        runner.test()


class BreakValidation(Hook):

    def before_val_iter(self, runner, batch_idx, data_batch=None):
        raise OSError('image gone')


@pytest.mark.parametrize('metrics, hooks, error', [
    ([BadMetric('compute_metrics')], [], ArithmeticError),
    ([line_run.LineMetric()], [BreakValidation()], OSError),
])
def test_validation_loses_no_weights(make, tmp_path, metrics, hooks, error):
    runner = make(metrics, *hooks)
    with pytest.raises(error):
        runner.train()
    run = tmp_path / 'run'
    saved = torch.load(run / 'epoch_2.pth', weights_only=False)
    assert saved['meta']['epoch'] == 2 and saved['meta']['iter'] == 8
    assert torch.equal(saved['state_dict']['weight'], runner.model.weight)
    assert (run / 'last_checkpoint').read_text().endswith('epoch_2.pth')


def test_files_are_refused_before_the_first_image(make, tmp_path):
    log = Log()
    (tmp_path / 'file').write_text('')
    (tmp_path / 'p.json').mkdir()
    for name, error, message in (('p.json', SetupError, 'is a folder'),
                                 ('file/p.json', SetupError, 'is no folder')):
        runner = make([DumpHOIResults(str(tmp_path / name))], log)
        with pytest.raises(error, match=message):
            runner.test()
        with pytest.raises(error, match=message):
            runner.train()
        assert not list(Path(runner.work_dir).glob('*.pth'))
    assert log.metrics == []


def test_best_checkpoint_by_a_measure_that_nothing_gives(make):
    metric = HICODetMetric()
    metric.see_dataset = lambda dataset: None
    runner = make([metric], save_best='hico/fulll', rule='greater')
    runner.val_evaluator.dataset_meta = dict(
        hoi_classes=['a'], evaluated_hois=[0], rare_hois=[])
    with pytest.raises(SetupError, match='"hico/fulll".*hico/full, hico/rec'):
        runner.train()


def test_a_test_without_a_metric_that_works_ends_at_once(make):
    seen = []

    class Count(Hook):

        def after_test_iter(self, runner, batch_idx, *args, **kwargs):
            seen.append(batch_idx)

    with pytest.raises(ArithmeticError):
        make([BadMetric('process')], Count()).test()
    assert len(seen) == 0


def test_a_validation_of_nothing_is_said_and_trained(make, monkeypatch):

    class Nothing(line_run.LineMetric):

        def see_dataset(self, dataset):
            raise NothingToEvaluateError('nothing annotated')

    lines = []
    monkeypatch.setattr('mmhoi.engine.hooks.evaluation_guard_hook.print_log',
                        lambda text, **_: lines.append(text))
    make([Nothing()]).train()
    assert lines == ['nothing annotated']
    with pytest.raises(NothingToEvaluateError):
        make([Nothing()]).test()
