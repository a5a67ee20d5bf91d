# Copyright (c) mmhoi contributors.
"""Small files of many kinds, all of one scene, and how they are to be seen."""
import io
import struct
import zlib
from typing import Dict, NamedTuple

import numpy as np
from PIL import Image

ORIENTATION = 0x0112  # EXIF tag
WIDTH, HEIGHT = 24, 16
#: Grey levels that no turn or mirror leaves as they are, (h, w).
SCENE = np.linspace(10, 245, WIDTH * HEIGHT).reshape(HEIGHT,
                                                     WIDTH).astype(np.uint8)
#: The same where its left half is transparent, on white.
ON_WHITE = np.where(np.arange(WIDTH) < WIDTH // 2, 255, SCENE)
# Numpy's way from the stored to the upright frame.
TURN = {
    1: lambda x: x,
    2: np.fliplr,
    3: lambda x: np.rot90(x, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda x: np.rot90(x, -1),
    7: lambda x: np.rot90(x.T, 2),
    8: np.rot90
}


class Kind(NamedTuple):
    """A file and its grey levels, (h, w), as training and people see it."""
    content: bytes
    stored: np.ndarray
    upright: np.ndarray
    atol: int = 0


def _save(image: Image.Image, kind: str, **kwargs) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **kwargs)
    return file.getvalue()


def _grey(dtype, scale=1.) -> Image.Image:
    return Image.fromarray((SCENE * float(scale)).astype(dtype))


def _with_alpha(mode: str) -> Image.Image:
    """The scene, its left half transparent over black."""
    alpha = np.where(np.arange(WIDTH) < WIDTH // 2, 0, 255)
    alpha = np.repeat(alpha[None], HEIGHT, 0).astype(np.uint8)
    image = Image.fromarray(SCENE & alpha).convert(mode[:-1])
    image.putalpha(Image.fromarray(alpha))
    return image


def _png16(color: int, *channels: np.ndarray) -> bytes:
    """A PNG with channels of 16 bits, of which Pillow writes grey ones."""

    def chunk(name, content):
        return struct.pack('>I', len(content)) + name + content + struct.pack(
            '>I', zlib.crc32(name + content))

    head = struct.pack('>IIBBBBB', WIDTH, HEIGHT, 16, color, 0, 0, 0)
    rows = b''.join(b'\0' + row.tobytes()
                    for row in np.stack(channels, -1).astype('>u2'))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) +
            chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def _tagged(number: int, kind: str, **kwargs) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = number
    return _save(_grey(np.uint8), kind, exif=exif, **kwargs)


def image_kinds() -> Dict[str, Kind]:
    """All kinds, by file names."""
    grey, deep = _grey(np.uint8), SCENE.astype(int) * 257
    colour = grey.convert('RGB')
    alpha = np.asarray(_with_alpha('LA').getchannel('A')).astype(int) * 257
    cut_out = Image.fromarray(np.where(ON_WHITE == 255, 0, SCENE))
    palette = cut_out.convert('P')
    palette.putpalette([i for i in range(256) for _ in range(3)])
    black = Image.new('RGB', grey.size)
    plain = {
        'rgb.png': _save(colour, 'PNG'),
        'rgb.bmp': _save(colour, 'BMP'),
        'rgb.ppm': _save(colour, 'PPM'),
        'rgb.webp': _save(colour, 'WEBP', lossless=True),
        'rgb.tif': _save(colour, 'TIFF'),
        'grey.png': _save(grey, 'PNG'),
        'palette.png': _save(grey.convert('P'), 'PNG'),
        'palette.gif': _save(grey, 'GIF'),
        'animated.gif':
        _save(grey, 'GIF', save_all=True, append_images=[black]),
        'animated.png':
        _save(colour, 'PNG', save_all=True, append_images=[black]),
        'pages.tif':
        _save(colour, 'TIFF', save_all=True, append_images=[black]),
        'grey16.png': _save(_grey('<u2', 257), 'PNG'),
        'grey16.pgm': _save(_grey('<u2', 257), 'PPM'),
        'little_endian.tif': _save(_grey('<u2', 257), 'TIFF'),
        'big_endian.tif': _save(_grey('>u2', 257), 'TIFF'),
        'rgb16.png': _png16(2, deep, deep, deep),
        'int32_in_bytes.tif': _save(_grey(np.int32), 'TIFF'),
        'int32_in_words.tif': _save(_grey(np.int32, 257), 'TIFF'),
    }
    kinds = {name: Kind(x, SCENE, SCENE) for name, x in plain.items()}
    for name, content in {
            'float.tif': _save(_grey(np.float32, 1 / 255), 'TIFF'),
            'float255.tif': _save(_grey(np.float32), 'TIFF'),
            'float.pfm': _save(_grey(np.float32, 1 / 255), 'PPM'),
            'grey.jpg': _save(grey, 'JPEG', quality=99),
            'rgb.jpg': _save(colour, 'JPEG', quality=99),
            'cmyk.jpg': _save(colour.convert('CMYK'), 'JPEG', quality=99),
            'cmyk.tif': _save(colour.convert('CMYK'), 'TIFF'),
    }.items():
        kinds[name] = Kind(content, SCENE, SCENE, 3)
    for name, content in {
            'rgba.png': _save(_with_alpha('RGBA'), 'PNG'),
            'rgba.tif': _save(_with_alpha('RGBA'), 'TIFF'),
            'la.png': _save(_with_alpha('LA'), 'PNG'),
            'palette_alpha.png': _save(palette, 'PNG', transparency=0),
            'grey_alpha.png': _save(cut_out, 'PNG', transparency=0),
            'rgba16.png': _png16(6, deep, deep, deep, alpha),
            'la16.png': _png16(4, deep, alpha),
    }.items():
        kinds[name] = Kind(content, ON_WHITE, ON_WHITE)
    words = np.asarray(cut_out).astype('<u2') * 257
    kinds['grey16_alpha.png'] = Kind(
        _save(Image.fromarray(words), 'PNG', transparency=0), ON_WHITE,
        ON_WHITE)
    bits = np.where(SCENE > 127, 255, 0)
    kinds['one_bit.png'] = Kind(
        _save(Image.fromarray(bits.astype(np.uint8)).convert('1'), 'PNG'),
        bits, bits)
    for number, turn in TURN.items():
        turned = turn(SCENE)
        kinds[f'exif{number}.png'] = Kind(
            _tagged(number, 'PNG'), SCENE, turned)
        # Pillow applies the tag of a TIFF as it decodes.
        kinds[f'exif{number}.tif'] = Kind(
            _tagged(number, 'TIFF'), turned, turned)
    kinds['exif6.jpg'] = Kind(
        _tagged(6, 'JPEG', quality=99), SCENE, TURN[6](SCENE), 3)
    kinds['exif9.jpg'] = Kind(_tagged(9, 'JPEG', quality=99), SCENE, SCENE, 3)
    return kinds


def refused_kinds() -> Dict[str, tuple]:
    """Files that nobody reads, and words of the reason."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    content = _save(Image.fromarray(noise), 'JPEG')
    return {
        'empty.jpg': (b'', 'empty'),
        'text.jpg': (b'no image', 'known format'),
        'cut_off.jpg': (content[:len(content) // 2], 'truncated'),
        'range.tif': (_save(_grey(np.float32, 5), 'TIFF'), '0..255'),
        'unclear.tif': (_save(_grey(np.float32, 1 / 50), 'TIFF'), '0..1'),
        'nan.tif': (_save(_grey(np.float32, np.nan), 'TIFF'), 'nan'),
        'int32.tif': (_save(_grey(np.int32, 1000), 'TIFF'), '0..65535'),
    }
