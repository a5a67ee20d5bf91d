# Copyright (c) mmhoi contributors.
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmhoi.annotations.detection_files import read_detections
from mmhoi.label_spaces import load_label_space
from mmhoi.synthetic import write_synhico

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / 'configs/detr/detr_mini_synhico.py'
WEIGHTS = 'mmhoi://mini/mini_detector.safetensors'
TOOL = 'analysis_tools/dump_detections'


@pytest.fixture(scope='module')
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp('scenes') / 'synhico'
    write_synhico(folder, 3, 4, seed=3, progress=False)
    return folder


@pytest.fixture
def run(run_tool, monkeypatch, scenes):
    """Function that runs the tool on the scenes; returns its exit status."""

    def run(*args, config=CONFIG, weights=WEIGHTS, options=()):
        monkeypatch.chdir(ROOT)
        return run_tool(TOOL, config, weights, *args, '--device', 'cpu',
                        '--cfg-options',
                        f'test_dataloader.dataset.data_root={scenes}',
                        f'train_dataloader.dataset.data_root={scenes}',
                        'test_dataloader.num_workers=0',
                        'test_dataloader.persistent_workers=False', *options)

    return run


def humans(scenes, split):
    """Annotated boxes of the persons of each image."""
    name = 'test_hico' if split == 'test' else 'trainval_hico'
    records = json.loads((scenes / f'annotations/{name}.json').read_text())
    origin = int(split == 'test')
    return {
        record['file_name']: [
            np.array(box['bbox']) - origin for box in record['annotations']
            if box['category_id'] == 1
        ]
        for record in records
    }


def overlap(box, other):
    """IoU of two boxes."""
    low, high = np.maximum(box[:2], other[:2]), np.minimum(box[2:], other[2:])
    shared = np.prod((high - low).clip(0))
    areas = [np.prod(x[2:] - x[:2]) for x in (box, other)]
    return shared / (sum(areas) - shared)


@pytest.mark.parametrize('ending', ['json', 'npz'])
@pytest.mark.parametrize('split', ['test', 'train'])
def test_boxes_of_a_data_set(run, scenes, tmp_path, capsys, split, ending):
    out = tmp_path / f'boxes.{ending}'
    # Boxes are in pixels of the original image, not of what the model sees.
    larger = ['test_dataloader.dataset.pipeline.1.scale=(240,200)']
    assert run(
        '--out',
        out,
        '--dataset-split',
        split,
        '--score-thr',
        0.5,
        options=larger) == 0
    annotated = humans(scenes, split)
    assert f'of {len(annotated)} images in {out}' in capsys.readouterr().out
    table = read_detections(out, load_label_space('hico_det'))
    assert sorted(table.keys) == sorted(annotated)
    assert table.rows.scores.min() >= 0.5
    overlaps = [
        max(overlap(box, found) for found in table.find(name).boxes)
        for name, boxes in annotated.items() for box in boxes
    ]
    assert np.median(overlaps) > 0.6


@pytest.mark.parametrize('args, kwargs, message', [
    ([], dict(weights='no.pth'), 'checkpoint "no.pth" does not exist'),
    ([], dict(config='no.py'), 'config file "no.py" does not exist'),
    ([], dict(options=['model.bbox_head.num_classes=7']), 'does not fit'),
    (['--dataset-split', 'train'
      ], dict(options=['train_dataloader.dataset.ann_file=no.json']),
     'no.json" does not exist'),
])
def test_one_line_errors(run, tmp_path, capsys, args, kwargs, message):
    assert run('--out', tmp_path / 'b.npz', *args, **kwargs) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith('error: ') and message in error
    assert not (tmp_path / 'b.npz').exists()


@pytest.mark.parametrize('args, message', [
    (['--out', 'b.pkl'], 'must end in .json or .npz'),
    (['--out', 'b.npz', '--score-thr', '2'], 'must be in 0..1'),
    ([], 'the following arguments are required: --out'),
])
def test_wrong_arguments(run, capsys, args, message):
    with pytest.raises(SystemExit):
        run(*args)
    assert message in capsys.readouterr().err


def test_a_model_of_pairs(run, tmp_path, capsys, mini_checkpoint):
    config = ROOT / 'configs/hoiclip/hoiclip_mini_synhico.py'
    status = run(
        '--out', tmp_path / 'b.npz', config=config, weights=mini_checkpoint)
    assert status == 1
    assert 'is no detector of objects' in capsys.readouterr().err


def test_an_unreadable_image_is_told_at_the_end(run, scenes, tmp_path,
                                                monkeypatch):
    lines = []
    monkeypatch.setattr('mmhoi.utils.unread_images.print_log',
                        lambda text, **_: lines.append(text))
    root = tmp_path / 'scenes'
    shutil.copytree(scenes, root)
    bad, *_ = sorted((root / 'images' / 'test2015').iterdir())
    bad.write_bytes(bad.read_bytes()[:300])
    out = tmp_path / 'boxes.json'
    assert run(
        '--out',
        out,
        options=[
            f'test_dataloader.dataset.data_root={root}',
            'test_dataloader.dataset.pipeline.0.on_error=skip'
        ]) == 0
    line, = lines
    assert '1 of 4 images could not be read' in line and bad.name in line
    assert len(json.loads(out.read_text())['images']) == 4
