# Copyright (c) mmhoi contributors.
"""A font that is not there is told before anything else is looked at."""
import importlib.util
import sys
from pathlib import Path

import pytest
from video_files import write_video

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize('program, args', [
    ('demo/image_demo.py', ['no.jpg', 'no.py']),
    ('demo/video_demo.py', ['a.mp4', 'no.py', 'no.pth']),
    ('demo/attention_demo.py', ['no.jpg', 'no.py']),
    ('demo/web_demo.py', ['no.py', 'no.pth']),
    ('tools/test.py', ['line.py', 'no.pth']),
    ('tools/analysis_tools/browse_dataset.py',
     ['no.py', '--not-show', '--output-dir', 'out']),
    ('tools/analysis_tools/plot_long_tail.py',
     ['no.json', 'out.png', '--label-space', 'hico_det']),
    ('tools/analysis_tools/plot_per_class.py', ['no.csv', '--out', 'o.png']),
])
def test_missing_font(program, args, tmp_path, monkeypatch, capsys):
    if program == 'demo/web_demo.py':
        pytest.importorskip('gradio')
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / 'a.mp4', 1)
    (tmp_path / 'line.py').write_text('work_dir = "runs"\n')
    spec = importlib.util.spec_from_file_location('program', ROOT / program)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, 'argv', [program, *args, '--font', 'no.ttf'])
    try:
        assert module.main() == 1
        told = capsys.readouterr().err
    except SystemExit as error:
        told = str(error)
    assert 'font file "no.ttf" does not exist' in told and '--font' in told
    assert 'Traceback' not in told
