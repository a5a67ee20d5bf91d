# Copyright (c) mmhoi contributors.
"""What docs/en/user_guides/external_boxes.md shows can be run."""
import json
import re
from pathlib import Path

import cv2
import pytest
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope

import mmhoi.apis
from mmhoi.annotations.detection_files import FORMATS, read_detections
from mmhoi.annotations.detection_files.categories import NAMED
from mmhoi.label_spaces import load_label_space

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / 'docs/en/user_guides/external_boxes.md').read_text()
RESULTS = [
    dict(image_id='photo', category_id=1, bbox=[9, 9, 60, 90], score=0.9),
    dict(image_id='photo', category_id=18, bbox=[30, 40, 60, 60], score=0.01),
]


def blocks(language):
    return re.findall(rf'```{language}\n(.*?)```', PAGE, re.S)


@pytest.fixture
def files(tmp_path, monkeypatch, scene):
    """The files that the page names, in the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ('photo.jpg', 'other.jpg', 'photos/photo.jpg'):
        Path(name).parent.mkdir(exist_ok=True)
        cv2.imwrite(name, scene)
    Path('boxes.json').write_text(json.dumps(RESULTS))


def test_inference(files, monkeypatch, mini_checkpoint):
    config = ROOT / 'configs/hoiclip/hoiclip_mini_synhico.py'
    inferencer = mmhoi.apis.HOIInferencer(
        str(config), mini_checkpoint, 'cpu', show_progress=False)
    monkeypatch.setattr(type(inferencer.model), 'TAKES_BOXES', True)
    inferencer.pipeline = inferencer._init_pipeline(inferencer.cfg)
    monkeypatch.setattr(mmhoi.apis, 'HOIInferencer', lambda *_: inferencer)
    names = {}
    exec(blocks('python')[0], names)
    assert len(names['result']['predictions']) == 1


def test_pipeline(files):
    init_default_scope('mmhoi')
    names = {}
    exec(blocks('python')[1], names)
    results = Compose(names['test_pipeline'])(
        dict(
            img_path='photo.jpg',
            label_space=load_label_space('hico_det'),
            instances=[],
            pairs=[]))
    found = results['data_samples'].det_instances
    assert found.bboxes.tolist() == [[9, 9, 69, 99]]


def test_file_of_the_example(files):
    text, = blocks('json')
    Path('own.json').write_text(text)
    table = read_detections('own.json', load_label_space('hico_det'))
    assert table.find('photo.jpg').boxes.tolist() == [[10, 20, 50, 60]]


def test_tables():
    for name in FORMATS:
        assert f'| `{name}` |' in PAGE
    for name in NAMED:
        assert f"| `'{name}'` |" in PAGE
