# Copyright (c) mmhoi contributors.
"""The reference is what it should be, and `run.py` compares with it."""
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from parity.forward_checks import OUTPUTS
from parity.golden_file import read_golden
from parity.model_config import build_golden_model
from parity.samples import golden_inputs, golden_samples

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(__file__).parent / 'data'
KEYS = {
    'name', 'ours_s', 'reference_s', 'ratio', 'ours_peak_mb',
    'reference_peak_mb', 'max_abs_diff'
}


@pytest.fixture
def load(monkeypatch):
    """Imports a module below `benchmarks/`."""
    monkeypatch.syspath_prepend(ROOT / 'benchmarks')
    return importlib.import_module


def run(*args):
    return subprocess.run(
        [sys.executable, '-W', 'ignore', ROOT / 'benchmarks/run.py', *args],
        capture_output=True,
        text=True)


def test_reference_equals_golden_files(load):
    golden = load('reference.golden')
    model, train = (DATA / 'hoiclip_tiny.pt.gz',
                    DATA / 'hoiclip_tiny_train.pt.gz')
    found = golden.model_differences(model)
    assert len(found) > 20
    assert max(found.values()) < 2e-4, found
    found = golden.training_differences(model, train, steps=3)
    assert max(found.values()) < 1e-5, found


@torch.no_grad()
def test_reference_equals_our_model(load):
    golden = load('reference.golden')
    content = read_golden(DATA / 'hoiclip_tiny.pt.gz')
    reference = golden.build_from(content)
    ours, _ = build_golden_model(content, reference.state_dict())
    expected = reference(*golden.batch_of(content))
    outputs = ours(
        golden_inputs(content),
        golden_samples(content, ours.bbox_head),
        mode='tensor')
    for name, our_name, tolerance in OUTPUTS:
        torch.testing.assert_close(
            outputs[our_name][-1], expected[name], rtol=0, atol=tolerance)


def test_run_writes_json(tmp_path):
    path = tmp_path / 'out.json'
    done = run('--only', 'matcher', '--repeat', '1', '--json', path)
    assert done.returncode == 0, done.stderr
    result, = json.loads(path.read_text())
    assert set(result) == KEYS
    assert result['name'] == 'matcher' and result['max_abs_diff'] == 0
    assert result['ratio'] == result['reference_s'] / result['ours_s'] > 0
    assert min(result['ours_peak_mb'], result['reference_peak_mb']) > 100


def test_failing_benchmark_does_not_stop_the_others(load, monkeypatch, capsys,
                                                    tmp_path):
    script = load('run')
    result = dict.fromkeys(KEYS, 1.0)

    def measure(name, *args):
        if name == 'losses':
            raise ValueError('broken')
        return dict(result, name=name)

    monkeypatch.setattr(script, 'measure_alone', measure)
    results, failed = script.run_all(['losses', 'matcher'], 1, 'wall',
                                     tmp_path)
    assert [r['name'] for r in results] == ['matcher']
    assert failed == ['losses']
    assert 'ValueError: broken' in capsys.readouterr().err


@pytest.mark.parametrize('args, message', [
    (['--repeat', '0'], '--repeat 0'),
    (['--only', 'matchers'], "'matchers'"),
])
def test_bad_arguments(load, monkeypatch, capsys, args, message):
    monkeypatch.setattr(sys, 'argv', ['run.py', *args])
    with pytest.raises(SystemExit):
        load('run').parse_args()
    assert message in capsys.readouterr().err


@pytest.mark.parametrize('script, args, found', [
    ('profile_forward.py', ['--train', '--size', '64', '96'], 'backward'),
    ('profile_forward.py', ['--bf16', '--size', '64', '96'], 'backbone'),
    ('training_memory/step_memory.py', ['--size', '64', '96'], 'peak memory'),
])
def test_scripts_run(script, args, found):
    config = ROOT / 'configs/hoiclip/hoiclip_mini_synhico.py'
    done = subprocess.run(
        [sys.executable, ROOT / 'benchmarks' / script, config, *args],
        capture_output=True,
        text=True)
    assert done.returncode == 0, done.stderr
    assert found in done.stdout


def test_the_limit_is_bounded_by_time(load):
    profile = load('profile_forward')
    limit, side = profile.matmul_limit(torch.float32, seconds=0)
    assert limit > 0 and side == profile.LEAST_PRODUCT


def test_onnx_latency():
    pytest.importorskip('onnxscript')
    pytest.importorskip('onnxruntime')
    done = subprocess.run([
        sys.executable, ROOT / 'benchmarks/onnx_latency.py', ROOT /
        'configs/hoiclip/hoiclip_mini_synhico.py', '--exporter', 'legacy',
        '--size', '96', '64', '--batch-size', '1', '2', '--repeat', '5'
    ],
                          capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    assert 'batch 2: PyTorch' in done.stdout
