# Copyright (c) mmhoi contributors.
import warnings

import pytest
from PIL import Image
from web import UploadError, UploadLimits, parse_prompts, read_upload
from web_files import write_bomb

LIMITS = UploadLimits(max_mb=0.02, max_pixels=10_100)


@pytest.fixture
def save(tmp_path):
    """A function that saves a grey image in any format."""

    def save(name, size=(100, 100), **kwargs):
        path = tmp_path / name
        Image.new('L', size).save(path, **kwargs)
        return path

    return save


@pytest.mark.parametrize('name', ['a.jpg', 'a.png', 'a.webp', 'a.bmp'])
def test_accepts(save, name):
    read_upload(save(name, (90, 100)), LIMITS)


def test_format_counts_and_not_the_name(save):
    read_upload(save('a.txt', format='PNG'), LIMITS)


@pytest.mark.parametrize('name, content, message', [
    ('empty.png', b'', '0 bytes'),
    ('text.jpg', b'no image', 'not an image'),
    ('cut.png', b'\x89PNG\r\n\x1a\n\0\0\0', 'not an image'),
    ('large.png', bytes(20_001), r'larger than 0\.02 MB'),
    ('drawing.svg', b'<svg xmlns="http://www.w3.org/2000/svg"/>',
     'accepted are JPEG, PNG, WEBP, BMP'),
])
def test_refuses_content(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UploadError, match=message):
        read_upload(path, LIMITS)


@pytest.mark.parametrize('name', ['a.gif', 'a.tif', 'a.ppm'])
def test_refuses_other_formats(save, name):
    with pytest.raises(UploadError, match='not an image'):
        read_upload(save(name), LIMITS)


def test_file_of_two_formats(tmp_path):
    """To the decoder it is a picture of another format and size."""
    head = (b'RIFF:x\r\nImage type: L image\r\n'
            b'Image size (x*y): 90*90\r\n')
    path = tmp_path / 'a.webp'
    path.write_bytes(head.ljust(511, b'\0') + b'\x1a' + bytes(1000))
    with Image.open(path) as image:
        assert image.format == 'IM'
    with pytest.raises(UploadError, match='not an image'):
        read_upload(path, LIMITS)


def test_two_images_of_a_camera(save):
    options = dict(save_all=True, append_images=[Image.new('L', (9, 9))])
    read_upload(save('a.jpg', format='MPO', **options), LIMITS)


def test_file_that_is_not_there(tmp_path):
    for path in (tmp_path / 'a.png', tmp_path, f'{tmp_path}/a\0b'):
        with pytest.raises(UploadError, match='no longer there') as error:
            read_upload(path, LIMITS)
        assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize('size, refused', [((101, 100), False),
                                           ((102, 100), True),
                                           ((10_101, 1), True)])
def test_pixels(save, size, refused):
    path = save('a.png', size)
    if not refused:
        assert read_upload(path, LIMITS) == path.read_bytes()
        return
    with pytest.raises(UploadError, match=r'more than 0\.0101 million pixels'):
        read_upload(path, LIMITS)


@pytest.mark.parametrize('action', ['default', 'error'])
def test_bomb_is_not_decoded(tmp_path, action, monkeypatch):
    bomb = write_bomb(tmp_path / 'bomb.png')

    def load(*args):
        raise AssertionError('decoded')

    monkeypatch.setattr(Image.Image, 'load', load)
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        with pytest.raises(UploadError, match='25 million pixels'):
            read_upload(bomb, UploadLimits())


@pytest.mark.parametrize('kwargs', [
    dict(max_mb=0),
    dict(max_pixels=0),
    dict(max_pixels=Image.MAX_IMAGE_PIXELS + 1)
])
def test_refuses_limits(kwargs):
    name, value = *kwargs, *kwargs.values()
    with pytest.raises(ValueError, match=f'{name}={value} must be'):
        UploadLimits(**kwargs)


@pytest.mark.parametrize('text, message', [
    ('\n'.join(map(str, range(101))), '101 own interactions'),
    ('x' * 101, 'has 101 characters; at most 100'),
    ('ride\0horse', r"'ride\\x00horse' has a character that cannot be shown"),
    ('ride \x1b[31m', 'cannot be shown'),
    ('ride \ud800', 'cannot be shown'),
])
def test_refuses_prompts(text, message):
    with pytest.raises(UploadError, match=message):
        parse_prompts(text, UploadLimits())


def test_letters_of_all_scripts():
    text = 'آدم روی اسب\nлюдина на коні\n人骑马\n👩‍🚀 rides\nनमस्ते'
    assert parse_prompts(text, UploadLimits()) == tuple(text.split('\n'))


def test_prompts_within_limits():
    text = '\n'.join(f'{i:0100}' for i in range(100)) + '\n \n' + '0' * 100
    prompts = parse_prompts(text, UploadLimits())
    assert len(prompts) == 100 and prompts[1] == f'{1:0100}'
