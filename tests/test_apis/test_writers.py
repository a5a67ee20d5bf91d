# Copyright (c) mmhoi contributors.
import json
import os

import cv2
import numpy as np
import pytest

from mmhoi.apis.hoi_result import HOIResult
from mmhoi.apis.writers import open_writer
from mmhoi.structures import HOIDataSample
from mmhoi.utils.image_sources import ImageList
from mmhoi.utils.own_results import encode_picture, is_own_result
from mmhoi.utils.setup_error import SetupError

PICTURE = np.zeros((9, 12, 3), np.uint8)


class Video:
    is_video, name, fps, source = True, '人', 25., 'clip.mp4'


@pytest.fixture
def photos(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkdir('photos')
    paths = [f'photos/{name}.jpg' for name in ('a', 'b人', 'c')]
    for path in paths:
        with open(path, 'wb') as file:
            file.write(encode_picture(PICTURE, '.jpg'))
    return paths


def write(source, out_dir='out'):
    """Write results of all images; returns what could not be."""
    writer = open_writer(out_dir, source, True, True)
    results = [
        writer.write(
            HOIResult(item, HOIDataSample(),
                      dict(img_path=item.path, width=12, height=9, hois=[]),
                      PICTURE)) for item in source
    ]
    writer.close()
    return [result.not_written for result in results]


def test_own_results_are_replaced(photos):
    for _ in range(2):
        assert write(ImageList(photos)) == [()] * 3
    assert sorted(os.listdir('out/vis')) == ['a.jpg', 'b人.jpg', 'c.jpg']
    with open('out/preds/b人.json', encoding='utf-8') as file:
        assert json.load(file)['img_path'] == 'photos/b人.jpg'


@pytest.mark.parametrize('out_dir, inputs', [
    ('.', ['vis/a.jpg']),
    ('photos/..', ['link/vis/a.jpg']),
    ('set', ['set/vis/a.jpg', 'photos/a.jpg']),
    ('set', ['set/preds/a.jpg']),
])
def test_images_where_results_go(photos, out_dir, inputs):
    os.symlink('.', 'link')
    for folder in 'vis', 'set/vis', 'set/preds':
        os.makedirs(folder)
        os.link(photos[0], f'{folder}/a.jpg')
    with pytest.raises((SetupError, FileExistsError),
                       match='choose another folder'):
        open_writer(out_dir, ImageList(inputs), True, True)


@pytest.mark.parametrize('name', ['vis/a.jpg', 'preds/a.json'])
def test_files_of_the_user(photos, name):
    os.makedirs('out/vis')
    os.makedirs('out/preds')
    with open(f'out/{name}', 'wb') as file:
        file.write(b'mine')
    with pytest.raises(FileExistsError, match='1 files which mmhoi has not'):
        open_writer('out', ImageList(photos), True, True)
    with open(f'out/{name}', 'rb') as file:
        assert file.read() == b'mine'


def test_one_that_cannot_be_written(photos, caplog):
    os.makedirs('out/vis/a.jpg')
    os.makedirs('out/preds/c.json')
    first, second, third = write(ImageList(photos))
    assert 'out/vis/a.jpg: it exists' in first[0] and second == ()
    assert 'out/preds/c.json' in third[0]
    assert os.path.isfile('out/preds/a.json')
    assert os.path.isfile('out/vis/c.jpg')


def test_a_full_disk_ends_a_file_of_a_video_whole(photos):
    writer = open_writer('out', Video, True, True)
    item = next(iter(ImageList(photos)))
    result = HOIResult(item, HOIDataSample(), dict(img_path='人'), PICTURE)
    assert writer.write(result).not_written == ()

    class FullDisk:
        """Takes a part, as a file without buffer does."""

        def __init__(self, file):
            self.file = file

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, content):
            return self.file.write(content[:5])

    writer.lines = FullDisk(writer.lines)
    problem, = writer.write(result).not_written
    assert problem == 'out/preds/人.jsonl: no space is left'
    assert writer.write(result).not_written == ()
    writer.close()
    with open('out/preds/人.jsonl', encoding='utf-8') as file:
        assert file.read() == '{"img_path": "人"}\n'
    assert is_own_result('out/vis/人.mp4')


def test_frames_of_another_size_are_drawn(photos, monkeypatch):
    """OpenCV would drop them without a word."""
    told = []
    monkeypatch.setattr('mmhoi.apis.writers.print_log',
                        lambda text, **_: told.append(text))
    writer = open_writer('out', Video, True, False)
    item = next(iter(ImageList(photos)))
    sizes = [(40, 60), (30, 70), (50, 20), (40, 60)]
    for size in sizes:
        result = HOIResult(item, HOIDataSample(), {},
                           np.zeros((*size, 3), np.uint8))
        assert writer.write(result).not_written == ()
    writer.close()
    video = cv2.VideoCapture('out/vis/人.mp4')
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == len(sizes)
    assert len(told) == 1 and '70 x 30 pixels' in told[0]


def test_nothing_is_written_without_a_folder(photos):
    assert write(ImageList(photos), '') == [()] * 3
    assert os.listdir() == ['photos']
