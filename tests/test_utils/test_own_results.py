# Copyright (c) mmhoi contributors.
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmhoi.utils.image_sources import open_source
from mmhoi.utils.own_results import (check_folder, check_replaceable,
                                     encode_picture, is_own_result, mark_file,
                                     write_picture)
from mmhoi.utils.text_files import write_json

PICTURE = np.random.default_rng(0).integers(0, 255, (9, 12, 3), np.uint8)
ENDINGS = ('.jpg', '.JPEG', '.png', '.bmp', '.webp', '.tif')


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / 'photo.jpg'
    path.write_bytes(encode_picture(PICTURE, '.jpg'))
    return path


@pytest.mark.parametrize('ending', ENDINGS)
def test_drawings_are_known_and_readable(tmp_path, ending):
    path = tmp_path / f'人{ending}'
    for _ in range(2):  # ours are replaced
        write_picture(PICTURE, path)
    assert is_own_result(path)
    with Image.open(path) as image:
        image.verify()
    with Image.open(path) as image:
        found = np.asarray(image)
    assert found.shape == PICTURE.shape
    if ending in ('.png', '.bmp', '.tif'):
        assert (found == PICTURE).all()


@pytest.mark.parametrize('prediction, own', [
    (dict(img_path='a.jpg', width=3, height=4, hois=[]), True),
    (dict(img_path='"' * 300, error='bad'), True),
    (dict(img_path=None, width=3), True),
    (dict(img_path='a.jpg', boxes=[], labels=[], scores=[]), False),
    ([], False),
])
def test_predictions_are_known(tmp_path, prediction, own):
    for indent in None, 1:
        write_json(tmp_path / 'a.json', prediction, indent)
        assert is_own_result(tmp_path / 'a.json') == own


def test_videos_are_known(tmp_path):
    path = tmp_path / 'a.mp4'
    path.write_bytes(bytes(9999))
    assert not is_own_result(path)
    mark_file(path)
    assert is_own_result(path)


@pytest.mark.parametrize('link', [
    None, os.symlink, os.link, lambda photo, path: Path(path).symlink_to(
        f'../{photo.parent.name}/photo.jpg')
])
def test_photos_are_never_replaced(tmp_path, photo, link):
    before, path = photo.read_bytes(), photo
    if link is not None:
        path = tmp_path / 'drawing.jpg'
        link(photo, path)
    with pytest.raises(FileExistsError, match='no result of mmhoi'):
        write_picture(PICTURE, path)
    with pytest.raises(FileExistsError, match='1 files .* with --out-dir'):
        check_folder(tmp_path, ['no.jpg', path.name], '--out-dir')
    assert photo.read_bytes() == before


@pytest.mark.parametrize(
    'make',
    [lambda path: path.mkdir(), lambda path: path.symlink_to('nowhere')])
def test_what_is_no_file_is_in_the_way(tmp_path, make):
    make(tmp_path / 'a.png')
    with pytest.raises(FileExistsError):
        check_replaceable(tmp_path / 'a.png')


@pytest.mark.parametrize('ending', ['', '.xyz'])
def test_unknown_formats(ending):
    with pytest.raises(OSError, match='12 x 9 pixels cannot be written'):
        encode_picture(PICTURE, ending)


@pytest.mark.parametrize('inputs', ['.', '**/*.jpg', 'link/*'])
def test_drawings_are_no_images(tmp_path, photo, monkeypatch, inputs):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'link').symlink_to('.')
    for name in 'a.jpg', 'results/vis/photo.jpg':
        write_picture(PICTURE, tmp_path / name)
    (tmp_path / 'b.jpg').symlink_to('a.jpg')
    with pytest.warns(UserWarning, match='are drawings of mmhoi and left out'):
        found = open_source(inputs).images
    assert {os.path.realpath(path) for path in found} == {str(photo)}
    # Named one by one they are what was asked for.
    assert open_source('a.jpg').images == ['a.jpg']
    photo.unlink()
    with pytest.raises(FileNotFoundError, match='give the original images'):
        open_source(inputs)
