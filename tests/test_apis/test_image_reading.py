# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
import pytest
from PIL import Image

from mmhoi.apis import ImageReadError, read_image

ORIENTATION = 0x0112  # EXIF tag
ROTATED = 6  # the camera was turned: rotate by 90 degrees to see it upright
RED = (204, 51, 51)


def picture(mode, size=(20, 10)):
    """A picture whose left half is red, in a mode of Pillow."""
    image = Image.new('RGB', size, (255, 255, 255))
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


@pytest.mark.parametrize('mode, name', [
    ('RGB', 'a.png'),
    ('RGB', 'a.jpg'),
    ('RGB', 'a.webp'),
    ('RGB', 'a.bmp'),
    ('CMYK', 'a.jpg'),
    ('CMYK', 'a.tif'),
    ('RGBA', 'a.png'),
    ('P', 'a.png'),
    ('P', 'a.gif'),
])
def test_colour_modes(tmp_path, mode, name):
    picture(mode).save(tmp_path / name)
    image = read_image(tmp_path / name)
    assert image.shape == (10, 20, 3) and image.dtype == np.uint8
    np.testing.assert_allclose(image[5, 4], RED[::-1], atol=20)
    np.testing.assert_allclose(image[5, 15], 255, atol=20)


@pytest.mark.parametrize('mode', ['L', '1', 'LA'])
def test_grey_modes(tmp_path, mode):
    picture(mode).save(tmp_path / 'a.png')
    image = read_image(tmp_path / 'a.png')
    assert image.shape == (10, 20, 3)
    assert (image[..., 0] == image[..., 2]).all()
    # One-bit images are dithered.
    assert image[:, :9].mean() < 150 and (image[:, 11:] == 255).all()


def test_16_bits_keep_their_brightness(tmp_path):
    values = np.linspace(0, 65535, 200).reshape(10, 20).astype(np.uint16)
    cv2.imwrite(str(tmp_path / 'grey.png'), values)
    cv2.imwrite(str(tmp_path / 'colour.png'), np.dstack([values] * 3))
    for name in ('grey.png', 'colour.png'):
        image = read_image(tmp_path / name)
        np.testing.assert_allclose(image[..., 1], values / 257, atol=1)


def test_transparent_is_white(tmp_path):
    image = picture('RGBA')
    image.putalpha(Image.new('L', image.size, 0))
    image.save(tmp_path / 'a.png')
    assert (read_image(tmp_path / 'a.png') == 255).all()


def test_exif_orientation_is_applied(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = ROTATED
    picture('RGB').save(tmp_path / 'a.jpg', exif=exif)
    image = read_image(tmp_path / 'a.jpg')
    assert image.shape == (20, 10, 3)
    # The left half of the file is what a person sees above.
    np.testing.assert_allclose(image[4, 5], RED[::-1], atol=20)


@pytest.mark.parametrize('size', [(1, 1), (20000, 50), (1, 5000)])
def test_extreme_sizes(tmp_path, size):
    picture('RGB', size).save(tmp_path / 'a.png')
    assert read_image(tmp_path / 'a.png').shape == (*size[::-1], 3)


@pytest.mark.parametrize('shape', [(4, 6), (4, 6, 1), (4, 6, 3), (4, 6, 4)])
def test_arrays(shape):
    image = read_image(np.full(shape, 7, np.uint8))
    assert image.shape == (4, 6, 3) and (image == 7).all()


def bomb():
    """A PNG whose header claims 30,000 x 30,000 pixels."""
    import io
    import struct
    import zlib
    buffer = io.BytesIO()
    Image.new('L', (8, 8)).save(buffer, 'PNG')
    data = bytearray(buffer.getvalue())
    data[16:24] = struct.pack('>II', 30000, 30000)
    data[29:33] = struct.pack('>I', zlib.crc32(data[12:29]))
    return bytes(data)


def truncated():
    ok, data = cv2.imencode('.jpg', np.random.randint(0, 255, (99, 99, 3)))
    return data.tobytes()[:3000]


@pytest.mark.parametrize('content, message', [
    (b'', 'empty'),
    (b'no image', 'not an image'),
    (truncated(), 'truncated'),
    (bomb(), 'exceeds limit'),
])
def test_bad_files(tmp_path, content, message):
    path = tmp_path / 'bad.jpg'
    path.write_bytes(content)
    with pytest.raises(ImageReadError, match=message) as error:
        read_image(path)
    text = str(error.value)
    assert 'bad.jpg' in text and '\n' not in text and '0x' not in text


@pytest.mark.parametrize('source, message', [
    ('missing.jpg', 'does not exist'),
    (np.zeros((4, 6, 3)), 'float64'),
    (np.zeros((4, 6, 2), np.uint8), r'\(4, 6, 2\)'),
    (np.zeros((0, 6, 3), np.uint8), r'\(0, 6, 3\)'),
    (np.zeros(5, np.uint8), r'\(5,\)'),
])
def test_bad_sources(source, message):
    with pytest.raises(ImageReadError, match=message):
        read_image(source)
