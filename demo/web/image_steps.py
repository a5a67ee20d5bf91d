# Copyright (c) mmhoi contributors.
"""Images that take a decoder much longer than their size lets one expect.

Decoders work off a list that the file gives: chunks, segments, passes over
the image. A file of 10 MB has room for millions of them.
"""
from typing import Iterator

#: More than real images have: libpng writes pieces of 8 KB, cameras less than
#: 50 segments, progressive JPEG about 10 passes.
MOST_CHUNKS, MOST_SEGMENTS, MOST_PASSES = 10_000, 1_000, 100
PNG, JPEG = b'\x89PNG\r\n\x1a\n', b'\xff\xd8\xff'
_START_OF_SCAN = b'\xff\xda'
# Markers with content: frames, tables, what applications keep, comments.
_WITH_LENGTH = {*range(0xc0, 0xd0), *range(0xdb, 0xf0), 0xfe} - {0xc8}


def takes_too_long(content: bytes) -> bool:
    """Whether a file has more parts than real images have.

    Args:
        content (bytes): Of a file of any kind.

    Returns:
        bool: True for such PNG and JPEG files, which are not decoded.

    Examples:
        >>> takes_too_long(PNG + 20_000 * (4 * b'\\0' + b'tEXt' + 4 * b'\\0'))
        True
    """
    if content.startswith(PNG):
        return _is_longer(_chunks(content), MOST_CHUNKS)
    if content.startswith(JPEG):
        return (content.count(_START_OF_SCAN) > MOST_PASSES
                or _is_longer(_segments(content), MOST_SEGMENTS))
    return False


def _is_longer(steps: Iterator[int], most: int) -> bool:
    return any(i >= most for i, _ in enumerate(steps))


def _chunks(content: bytes) -> Iterator[int]:
    """Where the chunks of a PNG begin."""
    start = len(PNG)
    while start < len(content):
        yield start
        # Length, name, data, checksum.
        start += 12 + int.from_bytes(content[start:start + 4], 'big')


def _segments(content: bytes) -> Iterator[int]:
    """Where the segments of a JPEG begin, up to the first pass.

    Padding, and what lies between segments, counts byte by byte: so does the
    decoder read it.
    """
    start = 2
    while start + 4 <= len(content):
        yield start
        marker = content[start + 1]
        if content[start:start + 2] == _START_OF_SCAN:
            return
        has_length = marker in _WITH_LENGTH and content[start] == 0xff
        length = int.from_bytes(content[start + 2:start + 4], 'big')
        start += 2 + max(length, 2) if has_length else 1
