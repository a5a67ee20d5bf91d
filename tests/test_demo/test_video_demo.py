# Copyright (c) mmhoi contributors.
import signal

import cv2
import numpy as np
import pytest

CONFIG = 'hoiclip_mini_synhico'


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / 'clip.mp4'
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), 10, (96, 80))
    for index in range(4):
        writer.write(np.full((80, 96, 3), 60 * index, np.uint8))
    writer.release()
    return path


def run(run_demo, clip, checkpoint, *args):
    return run_demo('video_demo', clip, CONFIG, checkpoint, '--out-dir',
                    clip.parent, '--device', 'cpu', *args)


def test_video(run_demo, clip, mini_checkpoint, capsys):
    assert run(run_demo, clip, mini_checkpoint, '--max-frames', 3) == 0
    assert '3 frames in' in capsys.readouterr().out
    lines = (clip.parent / 'preds' / 'clip.jsonl').read_text().splitlines()
    assert len(lines) == 3
    video = cv2.VideoCapture(str(clip.parent / 'vis' / 'clip.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 3


def test_stopped(run_demo, clip, mini_checkpoint, capsys, monkeypatch):
    """SIGTERM in the third frame leaves two that can be used."""
    from mmhoi.apis import HOIInferencer
    forward = HOIInferencer.forward
    calls = []

    def stop_in_third(self, *args):
        calls.append(1)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGTERM)
        return forward(self, *args)

    monkeypatch.setattr(HOIInferencer, 'forward', stop_in_third)
    assert run(run_demo, clip, mini_checkpoint) == 130
    assert 'stopped' in capsys.readouterr().err
    lines = (clip.parent / 'preds' / 'clip.jsonl').read_text().splitlines()
    assert len(lines) == 2
    video = cv2.VideoCapture(str(clip.parent / 'vis' / 'clip.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 2


@pytest.mark.parametrize('video, message', [
    ('no.mp4', 'video "no.mp4" does not exist'),
    ('97', 'camera 97 cannot be opened'),
])
def test_one_line_errors(run_demo, tmp_path, mini_checkpoint, capsys, video,
                         message):
    status = run_demo('video_demo', video, CONFIG, mini_checkpoint,
                      '--out-dir', tmp_path)
    assert status == 1
    assert message in capsys.readouterr().err.splitlines()[-1]
