# Copyright (c) mmhoi contributors.
"""Files that a web page has to refuse."""
import struct
import zlib
from pathlib import Path


def write_bomb(path: Path) -> Path:
    """Write a PNG of a few bytes that claims 30000 x 30000 pixels."""
    header = struct.pack('>IIBBBBB', 30000, 30000, 8, 2, 0, 0, 0)
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + _chunk(b'IHDR', header) +
                     _chunk(b'IDAT', zlib.compress(bytes(1000))) +
                     _chunk(b'IEND', b''))
    return path


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack('>I', len(data)) + kind + data + struct.pack(
        '>I', check)
