# Copyright (c) mmhoi contributors.
import logging

import numpy as np
import pytest
from PIL import Image

from mmhoi.datasets.transforms import LoadHOIImage, image_loading


@pytest.fixture
def messages(monkeypatch):
    texts = []

    def record(text, logger, level):
        assert level == logging.WARNING
        texts.append(text)

    monkeypatch.setattr(image_loading, 'print_log', record)
    return texts


@pytest.fixture
def write_image(tmp_path):

    def write(name='a.png', size=(90, 70), **kwargs):
        rng = np.random.default_rng(0)
        pixels = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / name, **kwargs)
        return str(tmp_path / name), pixels

    return write


def damage(path, how):
    """Leave a missing, empty, foreign or truncated file."""
    with open(path, 'rb') as file:
        content = file.read()
    with open(path, 'wb') as file:
        file.write({
            'empty': b'',
            'foreign': b'<html>not found</html>',
            'truncated': content[:len(content) // 2]
        }[how])


def test_loads_bgr(write_image):
    path, pixels = write_image()
    results = LoadHOIImage()(dict(img_path=path))
    assert (results['img'] == pixels[..., ::-1]).all()
    assert results['img_shape'] == results['ori_shape'] == (70, 90)
    assert 'img_unreadable' not in results


def test_ignores_the_exif_orientation(write_image):
    exif = Image.Exif()
    exif[0x0112] = 6
    path, _ = write_image('a.jpg', exif=exif)
    assert LoadHOIImage()(dict(img_path=path))['ori_shape'] == (70, 90)


@pytest.mark.parametrize('mode', ['L', 'RGBA', 'CMYK', '1'])
def test_other_modes_become_three_channels(tmp_path, mode):
    path = str(tmp_path / 'a.tif')
    Image.new('RGB', (30, 20), (255, 255, 255)).convert(mode).save(path)
    img = LoadHOIImage()(dict(img_path=path))['img']
    assert img.shape == (20, 30, 3) and img.dtype == np.uint8
    assert (img == 255).all()


@pytest.mark.parametrize('name', ['a.jpg', 'a.png'])
@pytest.mark.parametrize('how', ['empty', 'foreign', 'truncated'])
def test_unreadable_image_stops_with_its_name(write_image, name, how):
    path, _ = write_image(name)
    damage(path, how)
    with pytest.raises(
            OSError, match='cannot be read: .*on_error="skip"') as error:
        LoadHOIImage()(dict(img_path=path))
    assert path in str(error.value)


def test_missing_image_stops_with_its_name(tmp_path):
    path = str(tmp_path / 'a.jpg')
    with pytest.raises(FileNotFoundError, match='does not exist') as error:
        LoadHOIImage()(dict(img_path=path))
    assert path in str(error.value)


@pytest.mark.parametrize('how', ['empty', 'foreign', 'truncated'])
def test_skipping_in_training(write_image, messages, how):
    path, _ = write_image('a.jpg')
    other, _ = write_image('b.jpg')
    damage(path, how)
    damage(other, how)
    load = LoadHOIImage(on_error='skip')
    assert load(dict(img_path=path)) is None
    assert load(dict(img_path=path, test_mode=False)) is None
    assert load(dict(img_path=other)) is None
    # Every file once, with a count of files.
    assert [path in text for text in messages] == [True, False]
    assert '2 such files' in messages[1]


@pytest.mark.parametrize(
    'how, size',
    [
        ('empty', (480, 640)),
        ('foreign', (480, 640)),
        # The start of the file still tells the size.
        ('truncated', (70, 90))
    ])
def test_grey_stand_in_for_testing(write_image, messages, how, size):
    path, _ = write_image('a.jpg')
    damage(path, how)
    results = LoadHOIImage(on_error='skip')(
        dict(img_path=path, test_mode=True))
    assert results['img_unreadable'] is True
    assert results['img'].shape == (*size, 3)
    assert results['img_shape'] == results['ori_shape'] == size
    assert (results['img'] == 127).all()
    assert len(messages) == 1


def test_unknown_option():
    with pytest.raises(ValueError, match='on_error="ignore".*stop.*skip'):
        LoadHOIImage(on_error='ignore')
