# Copyright (c) mmhoi contributors.
import io

import numpy as np
import pytest
from image_kinds import image_kinds, refused_kinds
from PIL import Image

from mmhoi.utils.image_decoding import ImageReadError, decode_image
from mmhoi.utils.image_orientation import image_frames

KINDS, REFUSED = image_kinds(), refused_kinds()


@pytest.mark.parametrize('name', KINDS)
@pytest.mark.parametrize('upright', [False, True])
def test_every_kind_is_seen_as_the_table_says(name, upright):
    kind = KINDS[name]
    image = decode_image(kind.content, name, upright)
    assert image.mode == 'RGB'
    levels = kind.upright if upright else kind.stored
    np.testing.assert_allclose(
        np.asarray(image).astype(int),
        np.repeat(levels[..., None], 3, 2),
        atol=kind.atol)


@pytest.mark.parametrize('name', REFUSED)
def test_what_cannot_be_read_is_named(name):
    content, reason = REFUSED[name]
    with pytest.raises(ImageReadError, match=reason) as error:
        decode_image(content, name)
    text = str(error.value)
    assert name in text and '\n' not in text and '0x' not in text


@pytest.mark.parametrize('name', KINDS)
def test_sizes_of_both_frames(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(KINDS[name].content)
    frames = image_frames(path)
    for upright, size in ((False, frames.stored), (True, frames.upright)):
        image = decode_image(KINDS[name].content, name, upright)
        assert image.size == size
    assert (frames.orientation > 1) == (
        KINDS[name].stored is not KINDS[name].upright)


def test_a_damaged_tag_is_no_tag(tmp_path):
    """The picture is there; only how it lies is not known."""
    content = KINDS['exif6.jpg'].content
    start = content.index(b'Exif\0\0') + 6
    broken = content[:start] + b'\xff' * 8 + content[start + 8:]
    assert decode_image(broken, 'a.jpg').size == (24, 16)


@pytest.mark.parametrize('name', ['empty.jpg', 'text.jpg'])
def test_no_image_has_no_size(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(REFUSED[name][0])
    with pytest.raises(OSError):
        image_frames(path)


def test_a_damaged_header_has_no_size(tmp_path):
    """The error is one that callers know, whatever Pillow raised."""
    path = tmp_path / 'a.png'
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + b'\0\0\0\5IHDR' + b'\0' * 9)
    with pytest.raises(ValueError) as error:
        image_frames(path)
    assert error.traceback[-1].path.name == 'image_orientation.py'


def test_frames_and_pages_that_are_left_out_are_told():
    file = io.BytesIO()
    frames = [Image.new('RGB', (8, 8), (50 * i, 0, 0)) for i in range(3)]
    frames[0].save(file, 'GIF', save_all=True, append_images=frames[1:])
    with pytest.warns(UserWarning, match='"a.gif" has 3 frames'):
        decode_image(file.getvalue(), 'a.gif')


def test_a_damaged_second_page_does_not_spoil_the_first():
    """Pillow raises a TypeError for a page without size."""
    file = io.BytesIO()
    Image.new('L', (8, 6), 7).save(file, 'TIFF')
    content = bytearray(file.getvalue())
    start = int.from_bytes(content[4:8], 'little')
    count = int.from_bytes(content[start:start + 2], 'little')
    place = start + 2 + 12 * count
    content[place:place + 4] = len(content).to_bytes(4, 'little')
    content += bytes(6)
    assert decode_image(bytes(content), 'a.tif').size == (8, 6)


def test_a_video_is_no_image():
    with pytest.raises(ImageReadError, match='it is a video; give it alone'):
        decode_image(bytes(4) + b'ftypisom' + bytes(99), 'a.jpg')
