# Copyright (c) mmhoi contributors.
"""Files that a server for images had better refuse, and odd ones it takes."""
import io
import struct
import zipfile
import zlib
from typing import Dict, Iterator, Tuple

import numpy as np
from PIL import Image, PngImagePlugin

PNG = b'\x89PNG\r\n\x1a\n'
#: What may happen to a file: it has to be refused, taken, or either.
REFUSED, TAKEN, EITHER = 'refused', 'taken', 'either'
# Formats that Pillow can write.
FORMATS = ('GIF', 'TIFF', 'PPM', 'TGA', 'PCX', 'ICO', 'ICNS', 'IM', 'SGI',
           'DDS', 'DIB', 'EPS', 'PDF', 'JPEG2000', 'MSP', 'SPIDER', 'XBM',
           'PALM', 'BLP', 'AVIF', 'QOI', 'GIF', 'MPO')
# How others begin; Pillow knows most of them.
BEGINNINGS = {
    'psd': b'8BPS\0\1',
    'fits': b'SIMPLE  =                    T',
    'flic': b'\0\0\0\0\x11\xaf',
    'gbr': b'\0\0\0\x20\0\0\0\1GIMP',
    'grib': b'GRIB\0\0\0\1',
    'hdf5': b'\x89HDF\r\n\x1a\n',
    'bufr': b'BUFR',
    'wmf': b'\xd7\xcd\xc6\x9a\0\0',
    'emf': b'\1\0\0\0' + bytes(36) + b' EMF',
    'xpm': b'/* XPM */',
    'mpeg': b'\0\0\1\xb3',
    'heic': b'\0\0\0\x18ftypheic',
    'jxl': b'\xff\x0a',
    'exr': b'v/1\x01',
    'hdr': b'#?RADIANCE\n',
    'svg': b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>',
    'html': b'<html><script>alert(1)</script></html>',
    'xml': b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "b"><!ENTITY c '
    b'"&a;&a;">]><a>&c;</a>',
    'xxe': b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM '
    b'"file:///etc/passwd">]><svg><text>&x;</text></svg>',
    'elf': b'\x7fELF\2\1\1',
    'pickle': b'\x80\x04cos\nsystem\n(S"touch evil"\ntR.',
    'mp4': b'\0\0\0\x18ftypmp42',
    'php': b'<?php system($_GET[0]); ?>',
}


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack('>I', len(data)) + name + data + struct.pack(
        '>I', zlib.crc32(name + data))


def png(width: int, height: int, *extra: bytes, data: bytes = b'') -> bytes:
    """A PNG of any claimed size, with chunks before its pixels."""
    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    return PNG + chunk(b'IHDR', head) + b''.join(extra) + chunk(
        b'IDAT', data or zlib.compress(bytes(1000))) + chunk(b'IEND', b'')


def save(image: Image.Image, kind: str, **options) -> bytes:
    """An image as the bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def good_images(scene: np.ndarray) -> Dict[str, bytes]:
    """An image in all kinds that people send.

    Args:
        scene (np.ndarray): RGB, uint8, shape (h, w, 3).

    Returns:
        dict[str, bytes]: Files by their names.
    """
    image = Image.fromarray(scene)
    grey = image.convert('L')
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    clear = image.copy()
    clear.putalpha(grey)
    turned = Image.Exif()
    turned[0x0112] = 6
    frames = dict(save_all=True, append_images=[Image.new('RGB', image.size)])
    return {
        'plain.png': save(image, 'PNG'),
        'plain.jpg': save(image, 'JPEG'),
        'passes.jpeg': save(image, 'JPEG', progressive=True),
        'plain.bmp': save(image, 'BMP'),
        'plain.webp': save(image, 'WEBP', lossless=True),
        'palette.png': save(image.convert('P'), 'PNG'),
        'grey.png': save(grey, 'PNG'),
        'bits.png': save(image.convert('1'), 'PNG'),
        'deep.png': save(deep, 'PNG'),
        'clear.png': save(clear, 'PNG'),
        'clear grey.png': save(clear.convert('LA'), 'PNG'),
        'print.jpg': save(image.convert('CMYK'), 'JPEG'),
        'turned.jpg': save(image, 'JPEG', exif=turned),
        'moving.webp': save(image, 'WEBP', **frames),
        'moving.png': save(image, 'PNG', **frames),
        'two.jpg': save(image, 'MPO', **frames),
        'Ünï 写真 фото صورة.png': save(image, 'PNG', optimize=True),
    }


def hostile_images(
        rng: np.random.Generator) -> Iterator[Tuple[str, str, bytes, str]]:
    """Files for the server.

    Args:
        rng (np.random.Generator): Source of what is random in them.

    Yields:
        tuple[str, str, bytes, str]: Kind, name, content, and what has to
        happen.
    """
    image = Image.fromarray(rng.integers(0, 255, (48, 64, 3), np.uint8))
    files = {x: save(image, x) for x in ('PNG', 'JPEG', 'BMP', 'WEBP')}
    yield from bombs(rng)
    yield from slow_files(image)
    yield from mixtures(files)
    for kind in FORMATS:
        mode = dict(MSP='1', XBM='1', PALM='P', SPIDER='F').get(kind, 'RGB')
        try:
            if kind == 'BLP':
                mode = 'P'
            content = save(image.convert(mode), kind)
        # Pillow may be built without it.
        except (OSError, KeyError, ValueError):
            continue
        # An MPO begins as a JPEG and is one.
        expected = TAKEN if kind == 'MPO' else REFUSED
        for name in ('a.png', f'a.{kind.lower()}'):
            yield ('other formats', name, content,
                   expected if name == 'a.png' else EITHER)
    for kind, content in BEGINNINGS.items():
        for ending in ('png', 'jpg', kind):
            yield 'other formats', f'a.{ending}', content + bytes(64), REFUSED
    for kind, content in files.items():
        for _ in range(12):
            yield 'damaged', f'a.{kind.lower()}', damage(content, rng), EITHER
        for size in (0, 1, 7, 30, len(content) // 2, len(content) - 1):
            yield ('cut off', f'a.{kind.lower()}', content[:size],
                   REFUSED if size < 31 else EITHER)


def bombs(rng: np.random.Generator) -> Iterator[Tuple[str, str, bytes, str]]:
    """Small files that become large."""
    side = int(rng.integers(20_000, 60_000))
    for size in ((side, side), (2**31 - 1, 1), (1, 2**31 - 1), (0, 5),
                 (2**31 - 1, 2**31 - 1), (5001, 5000)):
        yield 'bombs', 'bomb.png', png(*size), REFUSED
    zeros = zlib.compress(bytes(50_000_000), 9)
    for name, data in (('zTXt', b'a\0\0' + zeros),
                       ('iTXt', b'a\0\1\0\0\0' + zeros), ('iCCP',
                                                          b'a\0\0' + zeros)):
        part = chunk(name.encode(), data)
        yield 'bombs', f'{name}.png', png(8, 8, part), EITHER
        yield 'bombs', f'{name}s.png', png(8, 8, *40 * [part]), EITHER
    yield 'bombs', 'long.png', png(8, 8, data=zeros), EITHER
    big = Image.new('L', (9000, 9000))
    for kind in ('PNG', 'WEBP', 'JPEG', 'GIF', 'TIFF'):
        options = dict(compression='tiff_lzw') if kind == 'TIFF' else {}
        yield ('bombs', f'big.{kind.lower()}', save(big, kind,
                                                    **options), REFUSED)
    frames = 30 * [Image.new('P', (3000, 3000))]
    yield ('bombs', 'frames.png',
           save(frames[0], 'GIF', save_all=True,
                append_images=frames[1:]), REFUSED)
    bmp = bytearray(save(Image.new('P', (8, 8)), 'BMP'))
    bmp[18:26] = struct.pack('<ii', 30_000, 30_000)
    yield 'bombs', 'claim.bmp', bytes(bmp), REFUSED
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('a', bytes(10_000_000))
    yield 'bombs', 'zip.png', zipped.getvalue(), REFUSED


def slow_files(image: Image.Image) -> Iterator[Tuple[str, str, bytes, str]]:
    """Files that take a decoder long, or much memory for nothing."""
    content = save(image, 'JPEG')
    many = 9_000_000
    for name, part in (('comments', b'\xff\xfe\0\2'),
                       ('parts', b'\xff\xe5\0\2'), ('padding',
                                                    b'\xff'), ('junk', b'\0')):
        yield ('slow', f'{name}.jpg',
               content[:2] + part * (many // len(part)) + content[2:], REFUSED)
    hidden = b'\xff\xf0\xff\xff' + b'\xff\xfe\0\2' * 16_000
    yield ('slow', 'hidden.jpg', content[:2] + 20 * hidden + content[2:],
           REFUSED)
    yield 'slow', 'passes.jpg', passes(5000, 5000, 40_000), REFUSED
    yield 'slow', 'some passes.jpg', passes(4000, 4000, 90), EITHER
    empty = chunk(b'tEXt', b'a\0b')
    yield 'slow', 'chunks.png', png(8, 8, empty * 500_000), REFUSED
    yield ('slow', 'pieces.png',
           png(8, 8, b'', data=b' ') + 500_000 * chunk(b'IDAT', b''), REFUSED)
    info = PngImagePlugin.PngInfo()
    info.add(
        b'eXIf', b'MM\0*\0\0\0\x08\xff\xff' +
        65535 * struct.pack('>HHII', 0x0112, 3, 1, 1))
    yield 'slow', 'exif.png', save(image, 'PNG', pnginfo=info), EITHER
    yield 'slow', 'runs.bmp', run_lengths(5000, 5000), EITHER
    yield 'slow', 'limit.png', png(
        5000, 5000, data=zlib.compress(bytes(5000 * 15001), 1)), TAKEN


def passes(width: int, height: int, count: int) -> bytes:
    """A progressive JPEG that goes over the image many times."""
    start = save(
        Image.new('L', (16, 16)), 'JPEG', progressive=True, quality=50)
    sof = start.index(b'\xff\xc2')
    start = start[:sof + 5] + struct.pack('>HH', height,
                                          width) + start[sof + 9:]
    sos = start.rindex(b'\xff\xda')
    # A run of 32767 empty blocks takes some bits.
    one = b'\xff\xda\0\x08\x01\x01\x00\x01\x3f\x00' + 12 * b'\x00'
    return (start[:sos] + one * count)[:9_900_000] + b'\xff\xd9'


def run_lengths(width: int, height: int) -> bytes:
    """A BMP of runs of one pixel."""
    data = b'\1\0' * 4_500_000
    head = struct.pack('<IiiHHIIiiII', 40, width, height, 1, 8, 1, len(data),
                       1, 1, 256, 0)
    offset = 14 + 40 + 1024
    return (b'BM' + struct.pack('<IHHI', offset + len(data), 0, 0, offset) +
            head + bytes(1024) + data)


def mixtures(files: Dict[str, bytes]) -> Iterator[Tuple[str, str, bytes, str]]:
    """Files of two formats."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, 'w') as file:
        file.writestr('a.html', '<script>alert(1)</script>')
    tails = dict(
        html=b'<script>alert(document.cookie)</script>',
        zip=archive.getvalue(),
        pdf=b'%PDF-1.4\n1 0 obj\n<<>>\nendobj\n',
        php=b'<?php system("id"); ?>',
        js=b'*/=1;alert(1);/*')
    for kind, content in files.items():
        for name, tail in tails.items():
            yield ('mixtures', f'a.{kind.lower()}', content + tail, TAKEN)
            yield ('mixtures', f'a.{kind.lower()}', tail + content, REFUSED)
            yield ('mixtures', f'a.{kind.lower()}.{name}', content + tail,
                   REFUSED)
    for name in ('a.jpg', 'a.webp', 'a.bmp'):
        # The content counts.
        yield 'mixtures', name, files['PNG'], TAKEN
    # WebP to one program, to another a picture of 12000 x 12000.
    text = (b'RIFF:x\r\nImage type: L image\r\nImage size (x*y): 12000*12000'
            b'\r\n')
    yield ('mixtures', 'a.webp',
           text + bytes(511 - len(text)) + b'\x1a' + bytes(1000), REFUSED)


def damage(content: bytes, rng: np.random.Generator) -> bytes:
    """A file with a few other bytes."""
    data = bytearray(content)
    for place in rng.integers(0, len(data), 1 + int(rng.integers(8))):
        data[place] = int(rng.integers(256))
    return bytes(data)
