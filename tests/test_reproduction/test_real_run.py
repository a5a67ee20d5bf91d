# Copyright (c) mmhoi contributors.
"""With tools/train.py and test.py themselves, and a model of two weights."""
import importlib.util
import json
import os
from pathlib import Path

import line_run

ROOT = Path(__file__).resolve().parents[2]
METRIC = """
from line_run import LineMetric
from mmengine.registry import METRICS

@METRICS.register_module(force=True)
class FullMetric(LineMetric):
    default_prefix = 'hico'

    def compute_metrics(self, results):
        return dict(full=super().compute_metrics(results)['mean'])
"""


def test_train_and_test(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'full_metric.py').write_text(METRIC)
    folder = tmp_path / 'configs' / 'some'
    folder.mkdir(parents=True)
    for name in 'hoiclip_line', 'hoiclip_line_ablation-verb':
        (folder / f'{name}.py').write_text(
            line_run.CONFIG.replace("['line_run']", "['full_metric']").replace(
                'LineMetric', 'FullMetric'))
    paths = [str(ROOT), str(ROOT / 'tests'), str(tmp_path)]
    monkeypatch.setenv('PYTHONPATH', os.pathsep.join(paths))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr('mmhoi.reproduction.reproduce.usable_gpus', lambda: [])
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '')
    spec = importlib.util.spec_from_file_location(
        'tool_reproduce', ROOT / 'tools' / 'reproduce.py')
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, 'ROOT', tmp_path)
    arguments = [
        'ablation', '--rows', 'free', '--config-suffix', 'line', '--out', 'out'
    ]
    assert tool.main(arguments) == 0
    trained, tested = read('verb'), read('free')
    assert trained['last']['step'] == 2 and trained['last']['hico/full'] > 0
    # The same weights on the same data.
    assert tested['last'] == trained['last']


def read(row):
    path = Path('out/ablation', f'{row}_all_seed0.json')
    return json.loads(path.read_text())['metrics']
