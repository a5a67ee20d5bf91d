# Copyright (c) mmhoi contributors.
import json
import signal

import cv2
import pytest
from video_files import damage_frame, write_video

CONFIG = 'hoiclip_mini_synhico'


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / 'clip.mp4'
    write_video(path, 4)
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


def test_damaged_frames_and_a_missing_end(run_demo, tmp_path, mini_checkpoint,
                                          capsys):
    """It goes on, says what is missing and does not report success."""
    path = tmp_path / 'clip.avi'
    write_video(path, 8, codec='MJPG')
    damage_frame(path, 2)
    assert run(run_demo, path, mini_checkpoint) == 1
    printed = capsys.readouterr()
    assert '7 of 8 frames in' in printed.out
    assert 'not read: frame 2 of video' in printed.err
    lines = (tmp_path / 'preds' / 'clip.jsonl').read_text().splitlines()
    assert ['error' in json.loads(line)
            for line in lines] == [number == 2 for number in range(8)]
    path.write_bytes(path.read_bytes()[:-1200])
    assert run(run_demo, path, mini_checkpoint) == 1
    assert 'of 8 frames that its header names' in capsys.readouterr().err


def test_ending_that_nobody_knows(run_demo, clip, mini_checkpoint):
    path = clip.with_suffix('.what')
    clip.rename(path)
    assert run(run_demo, path, mini_checkpoint) == 0
    lines = (clip.parent / 'preds' / 'clip.jsonl').read_text().splitlines()
    assert len(lines) == 4


@pytest.mark.parametrize('video, message', [
    ('no.mp4', 'video "no.mp4" does not exist'),
    ('rtsp://me:secret@127.0.0.1:9/live',
     'stream "rtsp://127.0.0.1:9/live" cannot be read'),
    ('ftp://127.0.0.1/a.mp4', 'allowed: rtsp://, '),
    ('97', 'camera 97 cannot be opened'),
])
def test_one_line_errors(run_demo, tmp_path, mini_checkpoint, capsys, video,
                         message):
    status = run_demo('video_demo', video, CONFIG, mini_checkpoint,
                      '--out-dir', tmp_path)
    assert status == 1
    assert message in capsys.readouterr().err.splitlines()[-1]
