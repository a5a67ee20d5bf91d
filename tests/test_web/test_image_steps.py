# Copyright (c) mmhoi contributors.
import io

import numpy as np
import pytest
from PIL import Image
from web import UploadError, UploadLimits, read_upload
from web.image_steps import takes_too_long
from web_files import write_bomb

IMAGE = Image.fromarray(
    np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8))


def save(kind, **kwargs):
    file = io.BytesIO()
    IMAGE.save(file, kind, **kwargs)
    return file.getvalue()


@pytest.mark.parametrize('kind, kwargs', [
    ('PNG', {}),
    ('PNG', dict(save_all=True, append_images=20 * [IMAGE])),
    ('JPEG', {}),
    ('JPEG',
     dict(
         progressive=True,
         comment=b'a',
         exif=b'Exif\0\0' + 99 * b'a',
         icc_profile=bytes(200_000))),
    ('MPO', dict(save_all=True, append_images=[IMAGE])),
    ('WEBP', {}),
    ('BMP', {}),
])
def test_real_images(kind, kwargs):
    assert not takes_too_long(save(kind, **kwargs))


def repeated(part, count):
    content = save('JPEG')
    return content[:2] + part * count + content[2:]


@pytest.mark.parametrize(
    'content',
    [
        repeated(b'\xff\xfe\0\2', 2000),
        repeated(b'\xff\xe5\0\2', 2000),
        repeated(b'\xff', 2000),
        repeated(b'\xff\xe5\0\2' + bytes(2000), 1),
        repeated(b'\xff\xfe\0\0', 2000),
        # To some readers the second contains what follows.
        repeated(b'\xff\xf0\xff\xff' + b'\xff\xfe\0\2' * 2000, 1),
        save('JPEG') + b'\xff\xda\0\2' * 101,
    ],
    ids=['comments', 'parts', 'padding', 'junk', 'short', 'hidden', 'passes'])
def test_slow_jpeg(content, tmp_path):
    assert takes_too_long(content)
    path = tmp_path / 'a.jpg'
    path.write_bytes(content)
    with pytest.raises(UploadError, match='more parts than a picture has'):
        read_upload(path, UploadLimits())


def test_slow_png(tmp_path):
    content = write_bomb(tmp_path / 'a.png').read_bytes()
    chunk = b'\0\0\0\0tEXt\0\0\0\0'
    assert not takes_too_long(content + 1000 * chunk)
    assert takes_too_long(content + 10_000 * chunk)


@pytest.mark.parametrize(
    'content',
    [b'', b'\xff\xd8\xff', b'\x89PNG\r\n\x1a\n'
     b'\xff\xff\xff\xff'])
def test_cut_off(content):
    assert not takes_too_long(content)
