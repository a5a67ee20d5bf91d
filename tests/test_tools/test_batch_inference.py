# Copyright (c) mmhoi contributors.
import json
import os
import re
import signal
import sys
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
import torch

from mmhoi.apis import HOIInferencer
from mmhoi.apis.batch_prediction import running_ray
from mmhoi.apis.model_identity import model_identity
from mmhoi.apis.prediction_table import predictions_to_table, read_outcomes

CONFIG = 'hoiclip_mini_synhico'
OTHER_CONFIG = 'hoiclip_mini_synvcoco'


@pytest.fixture
def write_results(tmp_path, mini_checkpoint):
    """A function that writes predictions as an earlier run does."""
    pq = pytest.importorskip('pyarrow.parquet')
    out = tmp_path / 'out'

    def write(*predictions, name='0.parquet'):
        out.mkdir(exist_ok=True)
        pq.write_table(predictions_to_table(predictions), out / name)
        run = dict(
            config=CONFIG,
            checkpoint='epoch.pth',
            identity=model_identity(CONFIG, str(mini_checkpoint)))
        (out / '_run.json').write_text(json.dumps(run))
        return out

    return write


@pytest.fixture
def run(run_tool):
    return partial(run_tool, 'batch_inference')


def error_of(capsys):
    """Last line of the errors."""
    return capsys.readouterr().err.splitlines()[-1]


def test_two_actors(run, folder, mini_checkpoint, write_results, capsys,
                    monkeypatch):
    pytest.importorskip('ray')
    import pyarrow.dataset
    expected = HOIInferencer(
        CONFIG, mini_checkpoint, device='cpu')(str(folder))['predictions']
    # An image is finished, and the writing of two others was cut off.
    first = dict(expected[0], width=1)
    out = write_results(first)
    write_results(*expected[1:3], name='1.parquet')
    os.truncate(out / '1.parquet', 1000)
    args = (folder, CONFIG, mini_checkpoint, '--out', out, '--num-actors', 2,
            '--num-cpus-per-actor', 0.5, '--resume')
    assert run(*args) == 1
    printed = capsys.readouterr()
    assert '6 images, 1 of them finished' in printed.out
    assert '3 of 6 images predicted' in printed.out
    assert printed.err.count('not read: image "') == 3
    table = pyarrow.dataset.dataset(out).to_table().sort_by('path')
    assert table.equals(predictions_to_table([first, *expected[1:]]))
    monkeypatch.setitem(sys.modules, 'ray', None)
    assert run(*args) == 1
    assert '6 images, 6 of them finished' in capsys.readouterr().out
    assert read_outcomes(out).num_rows == 6


def test_results_are_not_mixed(run, folder, mini_checkpoint, write_results,
                               capsys):
    args = (folder / 'a.jpg', CONFIG, mini_checkpoint, '--out')
    out = write_results(dict(img_path=str(folder / 'a.jpg'), error='bad'))
    assert run(*args, out) == 1
    assert 'has predictions of 1 images; give --resume' in error_of(capsys)
    assert run(*args, out, '--resume') == 1
    assert error_of(capsys) == 'not read: bad'
    assert run(folder, OTHER_CONFIG, *args[2:], out, '--resume') == 1
    assert 'another model: other config than those of hoiclip_mini_synhico ' \
        in error_of(capsys)


@pytest.mark.parametrize('change, message', [
    ('copy', None),
    ('weights', 'predictions of another model: other weights than those of'),
    ('note', r'_run.json" does not tell which model .*FileNotFoundError'),
    ('image', '1 images whose files have other content now, such as .*a.jpg'),
])
def test_content_counts_not_names(run, folder, mini_checkpoint, write_results,
                                  tmp_path, capsys, change, message):
    image = tmp_path / 'a.jpg'
    image.write_bytes((folder / 'a.jpg').read_bytes())
    checkpoint = tmp_path / 'best.pth'
    checkpoint.write_bytes(Path(mini_checkpoint).read_bytes())
    out = write_results(dict(img_path=str(image), error='bad'))
    if change == 'weights':
        content = torch.load(checkpoint, weights_only=False)
        next(iter(content['state_dict'].values())).add_(1)
        torch.save(content, checkpoint)
    if change == 'note':
        (out / '_run.json').unlink()
    if change == 'image':
        image.write_bytes((folder / 'a.jpg').read_bytes() + b' ')
    assert run(image, CONFIG, checkpoint, '--out', out, '--resume') == 1
    error = error_of(capsys)
    assert re.search(message or '^not read: bad$', error)


@pytest.mark.parametrize('inputs, config, checkpoint, message', [
    ('no*.jpg', CONFIG, None, 'no file matches the pattern "no*.jpg"'),
    ('a.jpg', 'configs/no.py', None, 'config file "configs/no.py" does not'),
    ('a.jpg', CONFIG, 'no.pth', 'checkpoint "no.pth" does not exist; give'),
])
def test_one_line_errors(run, tmp_path, mini_checkpoint, capsys, inputs,
                         config, checkpoint, message):
    assert run(inputs, config, checkpoint or mini_checkpoint, '--out',
               tmp_path / 'out') == 1
    error = error_of(capsys)
    assert error.startswith('error: ') and message in error
    assert not (tmp_path / 'out').exists()


def test_without_ray(run, folder, mini_checkpoint, tmp_path, capsys,
                     monkeypatch):
    pytest.importorskip('pyarrow')
    monkeypatch.setitem(sys.modules, 'ray', None)
    assert run(folder, CONFIG, mini_checkpoint, '--out', tmp_path / 'o') == 1
    assert 'pip install -r requirements/optional.txt' in error_of(capsys)


@pytest.mark.parametrize('args, message', [
    (('--num-actors', '0'), '--num-actors 0 must be at least 1'),
    (('--num-gpus-per-actor', '-1'), 'must be at least 0'),
    ((), 'the following arguments are required: --out'),
])
def test_bad_arguments(run, capsys, args, message):
    out = ('--out', 'out') if args else ()
    with pytest.raises(SystemExit):
        run('photos', CONFIG, 'epoch.pth', *out, *args)
    assert message in error_of(capsys)


@pytest.fixture
def fake_ray(monkeypatch):
    """A stand-in for Ray on a machine of 4 CPUs; keeps what it is given."""
    monkeypatch.setenv('RAY_USAGE_STATS_ENABLED', '')
    ray = ModuleType('ray')
    ray.started = {}
    ray.init = lambda **kwargs: ray.started.update(kwargs)
    ray.shutdown = ray.started.clear
    ray.cluster_resources = lambda: dict(CPU=4.0)
    monkeypatch.setitem(sys.modules, 'ray', ray)
    return ray


def test_start_of_ray(fake_ray):
    handler = signal.getsignal(signal.SIGTERM)
    with running_ray(num_actors=2, num_cpus=2):
        assert fake_ray.started['address'] == 'local'
        assert fake_ray.started['include_dashboard'] is False
        assert os.environ['RAY_USAGE_STATS_ENABLED'] == '0'
        # Ray takes it.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    assert not fake_ray.started
    assert signal.getsignal(signal.SIGTERM) is handler
    # A cluster may grow.
    with running_ray(num_actors=100, address='auto'):
        assert fake_ray.started['address'] == 'auto'


@pytest.mark.parametrize('share, message', [
    (dict(num_cpus=2.5), '2 actors with 2.5 CPU each .* the 4 CPU of'),
    (dict(num_gpus=1), 'the 0 GPU of this .* or --num-gpus-per-actor'),
])
def test_too_many_actors(fake_ray, share, message):
    with pytest.raises(ValueError, match=message):
        with running_ray(num_actors=2, **share):
            pass
    assert not fake_ray.started
