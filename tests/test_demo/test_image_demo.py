# Copyright (c) mmhoi contributors.
import json
import os

import pytest

from mmhoi.models import QueryPairDetector

CONFIG = 'hoiclip_mini_synhico'


def test_folder_with_bad_files(run_demo, folder, tmp_path, mini_checkpoint,
                               capsys):
    out = tmp_path / 'out'
    status = run_demo('image_demo', folder, CONFIG, '--weights',
                      mini_checkpoint, '--batch-size', 4, '--out-dir', out,
                      '--device', 'cpu')
    assert status == 1
    printed = capsys.readouterr()
    assert '3 of 6 images' in printed.out
    bad = [
        line for line in printed.err.splitlines() if line.startswith('not re')
    ]
    assert len(bad) == 3 and 'broken.jpg' in bad[0]
    assert sorted(os.listdir(out / 'vis')) == ['a.jpg', 'b.png', 'c.JPG']


def test_checkpoint_alone(run_demo, folder, tmp_path, mini_checkpoint, capsys):
    status = run_demo('image_demo', folder / 'a.jpg', mini_checkpoint,
                      '--print-result', '--no-save-vis', '--out-dir', tmp_path,
                      '--device', 'cpu')
    assert status == 0
    lines = capsys.readouterr().out.splitlines()
    printed, = [line for line in lines if line.startswith('{')]
    written = json.loads((tmp_path / 'preds' / 'a.json').read_text())
    assert json.loads(printed) == written


@pytest.mark.parametrize('inputs, config, message', [
    ('no/such/*.jpg', CONFIG, 'no file matches the pattern'),
    ('photo.jpg', 'configs/no.py', 'config file "configs/no.py" does not'),
])
def test_one_line_errors(run_demo, tmp_path, mini_checkpoint, capsys, inputs,
                         config, message):
    status = run_demo('image_demo', inputs, config, '--weights',
                      mini_checkpoint, '--out-dir', tmp_path)
    error = capsys.readouterr().err.splitlines()
    assert status == 1
    assert error[-1].startswith('error: ') and message in error[-1]


def test_boxes(run_demo, folder, tmp_path, mini_checkpoint, capsys,
               monkeypatch):
    boxes = tmp_path / 'boxes' / 'a.json'
    boxes.parent.mkdir()
    boxes.write_text(
        json.dumps(dict(boxes=[[10, 20, 50, 60]], labels=[1], scores=[0.9])))
    args = ('image_demo', folder / 'a.jpg', CONFIG, '--weights',
            mini_checkpoint, '--out-dir', tmp_path, '--device', 'cpu',
            '--boxes', boxes.parent)
    assert run_demo(*args) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith('error: ') and 'takes no `boxes`' in error
    monkeypatch.setattr(QueryPairDetector, 'TAKES_BOXES', True)
    assert run_demo(*args) == 1
    assert 'give `categories`' in capsys.readouterr().err.splitlines()[-1]
    assert run_demo(*args, '--box-categories', 'coco') == 0
    with pytest.raises(SystemExit):
        run_demo(*args[:-2], '--box-categories', 'coco')
    assert '--box-categories needs --boxes' in capsys.readouterr().err
