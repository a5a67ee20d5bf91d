# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
import pytest
from video_files import damage_frame, write_video

from mmhoi.utils.frame_sequence import FrameSequence
from mmhoi.utils.image_decoding import ImageReadError


def errors(items):
    return {
        item.path: str(item.image)
        for item in items if isinstance(item.image, ImageReadError)
    }


def test_frames(tmp_path):
    write_video(tmp_path / 'clip.mp4', 5)
    video = FrameSequence(tmp_path / 'clip.mp4')
    assert video.is_video and len(video) == 5 and video.fps == 10
    items = list(video)
    assert [item.path
            for item in items][::4] == ['clip: frame 0', 'clip: frame 4']
    assert abs(int(items[3].image.mean()) - 120) < 8


@pytest.mark.parametrize('content', [b'', b'no video'])
def test_no_video(tmp_path, content):
    (tmp_path / 'clip.mp4').write_bytes(content)
    with pytest.raises(ImageReadError, match='cannot be read'):
        FrameSequence(tmp_path / 'clip.mp4')


def test_goes_on_after_a_hole(tmp_path):
    path = tmp_path / 'clip.avi'
    write_video(path, 12, codec='MJPG')
    damage_frame(path, 3, 2)
    items = list(FrameSequence(path))
    assert len(items) == 12
    assert list(errors(items)) == ['clip: frame 3', 'clip: frame 4']
    assert abs(int(items[5].image.mean()) - 200) < 8


@pytest.mark.parametrize('name, codec, message', [
    ('clip.avi', 'MJPG', 'of 40 frames that its header names'),
    ('clip.mkv', 'MJPG', 'of 4.0 seconds that its header names'),
])
def test_cut_off(tmp_path, name, codec, message):
    path = tmp_path / name
    write_video(path, 40, codec=codec)
    path.write_bytes(path.read_bytes()[:path.stat().st_size * 3 // 4])
    items = list(FrameSequence(path))
    (place, text), = errors(items).items()
    assert message in text
    assert place == f'clip: frame {len(items) - 1}' and 1 < len(items) < 40


class Capture:
    """What OpenCV might say of a video."""

    def __init__(self, count, fps, frames):
        self.values = {
            cv2.CAP_PROP_FRAME_COUNT: count,
            cv2.CAP_PROP_FPS: fps,
            cv2.CAP_PROP_FRAME_WIDTH: 8
        }
        self.frames = iter(frames)

    def isOpened(self):
        return True

    def get(self, key):
        return self.values.get(key, 0)

    def read(self):
        is_frame = next(self.frames, False)
        return is_frame, np.zeros((8, 8, 3), np.uint8) if is_frame else None

    def release(self):
        pass


@pytest.mark.parametrize(
    'count, frames, expected',
    [
        # A header that names too few, too many or nonsense.
        (2, [1] * 5, ['read'] * 5),
        (2, [1, 1, 0, 1], ['read', 'read', 'lost', 'read']),
        (9e15, [1] * 3, ['read'] * 3 + ['lost']),
        (float('nan'), [1], ['read']),
        (-9e18, [1], ['read']),
    ])
def test_headers_that_lie(tmp_path, monkeypatch, count, frames, expected):
    path = tmp_path / 'clip.avi'
    path.write_bytes(b'RIFFxxxxAVI ')
    monkeypatch.setattr(cv2, 'VideoCapture',
                        lambda source: Capture(count, float('nan'), frames))
    video = FrameSequence(path)
    assert video.fps == 25
    items = list(video)
    assert [
        'lost' if item.path in errors(items) else 'read' for item in items
    ] == expected


def test_no_frame(tmp_path, monkeypatch):
    path = tmp_path / 'clip.avi'
    path.write_bytes(b'RIFFxxxxAVI ')
    monkeypatch.setattr(cv2, 'VideoCapture', lambda source: Capture(9, 10, []))
    with pytest.raises(ImageReadError, match='clip.avi" has no frame'):
        list(FrameSequence(path))


def test_a_camera_that_breaks_off(monkeypatch):
    monkeypatch.setattr(cv2, 'VideoCapture',
                        lambda source: Capture(0, 0, [1, 1]))
    *frames, last = FrameSequence(0)
    assert len(frames) == 2
    assert str(last.image) == 'camera 0 has broken off after 2 frames'
