# Copyright (c) mmhoi contributors.
import struct
import zlib

import pytest


@pytest.fixture
def bomb(tmp_path):
    """A PNG of a few bytes that claims 30000 x 30000 pixels."""

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack('>I', len(data)) + kind + data + struct.pack(
            '>I', check)

    path = tmp_path / 'bomb.png'
    header = struct.pack('>IIBBBBB', 30000, 30000, 8, 2, 0, 0, 0)
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) +
                     chunk(b'IDAT', zlib.compress(b'\0' * 1000)) +
                     chunk(b'IEND', b''))
    return path
