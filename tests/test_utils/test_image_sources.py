# Copyright (c) mmhoi contributors.
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from video_files import write_video

from mmhoi.apis import ImageReadError
from mmhoi.utils.image_sources import closed_folders, open_source


def names(source):
    return [item.name for item in source]


def test_folder(folder):
    with pytest.warns(UserWarning, match='left out: notes.txt'):
        source = open_source(folder)
    assert names(source) == [
        'a.jpg', 'b.png', 'broken.jpg', 'c.JPG', 'empty.png', 'text.jpg'
    ]
    assert len(source) == 6 and not source.is_video


def test_pattern(folder):
    (folder / 'deep').mkdir()
    (folder / 'deep' / 'd.jpg').write_bytes((folder / 'a.jpg').read_bytes())
    assert names(open_source(f'{folder}/*.png')) == ['b.png', 'empty.png']
    found = open_source(f'{folder}/**/*.jpg')
    assert 'd.jpg' in names(found)


def test_a_file_whose_name_looks_like_a_pattern(tmp_path):
    path = tmp_path / 'photo[1].jpg'
    path.write_bytes(b'x')
    item, = open_source(str(path))
    assert item.image == str(path)


def test_lists_and_arrays(scene):
    assert names(open_source(scene)) == ['00000000.jpg']
    assert len(open_source(np.stack([scene, scene]))) == 2
    source = open_source(['x/a.jpg', Path('y/a.png'), scene, 'A.jpg'])
    # Also predictions, named without ending, must not overwrite each other.
    assert names(source) == ['a.jpg', 'a_1.png', '00000002.jpg', 'A_2.jpg']


def test_address():
    item, = open_source('https://example.org/x/photo.jpg?size=2')
    assert item.name == 'photo.jpg' and item.path.endswith('size=2')


@pytest.mark.parametrize('inputs, error, message', [
    (None, TypeError, 'None'),
    (True, TypeError, 'True'),
    (1.5, TypeError, 'float'),
    ([1.5], TypeError, 'float'),
    ([], ValueError, 'no image'),
    ('no/such/*.jpg', FileNotFoundError, 'no file matches'),
    ('missing.mp4', ImageReadError, 'does not exist'),
    ('rtsp://127.0.0.1:9/live', ImageReadError, 'no answer'),
    (99, ImageReadError, 'camera 99'),
])
def test_refused(inputs, error, message):
    with pytest.raises(error, match=message):
        open_source(inputs)


def test_folder_without_images(tmp_path):
    (tmp_path / 'a.txt').write_text('')
    with pytest.raises(FileNotFoundError, match='no images.*1 other'):
        open_source(tmp_path)


def test_videos_are_known_by_their_content(tmp_path):
    write_video(tmp_path / 'clip.mp4', 2)
    content = (tmp_path / 'clip.mp4').read_bytes()
    for name in ('clip', 'clip.jpg', 'clip.what'):
        (tmp_path / name).write_bytes(content)
        source = open_source(tmp_path / name)
        assert source.is_video and len(list(source)) == 2
    assert open_source(source) is source


@pytest.mark.parametrize('pattern, closed', [
    ('photos/**/*.jpg', ['photos/secret']),
    ('**/*.jpg', ['photos/secret']),
    ('photos/*/*.jpg', ['photos/secret']),
    ('phot*/secret/*.jpg', ['photos/secret']),
    ('photos/*.jpg', []),
    ('photos/open/*.jpg', []),
])
def test_folders_that_may_not_be_read(tmp_path, monkeypatch, pattern, closed):
    """They are items, which fail; glob passes over them."""
    monkeypatch.chdir(tmp_path)
    for folder in 'photos/open', 'photos/secret':
        os.makedirs(folder)
        cv2.imwrite(f'{folder}/a.jpg', np.zeros((8, 8, 3), np.uint8))
    cv2.imwrite('photos/a.jpg', np.zeros((8, 8, 3), np.uint8))
    access = os.access
    # Root may enter all folders.
    monkeypatch.setattr(
        os, 'access',
        lambda path, mode: not str(path).endswith('secret') and access(
            path, mode))
    assert closed_folders(pattern) == closed
    source = open_source(pattern)
    assert [path for path in source.images if os.path.isdir(path)] == closed
