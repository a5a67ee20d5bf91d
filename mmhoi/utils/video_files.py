# Copyright (c) mmhoi contributors.
"""What a file shows by its first bytes to be a video."""
from pathlib import Path
from typing import Union

VIDEO_ENDINGS = ('.mp4', '.avi', '.mov', '.mkv', '.webm', '.m4v', '.mpg',
                 '.mpeg', '.wmv', '.asf', '.flv', '.f4v', '.mts', '.m2ts',
                 '.vob', '.ogv', '.3gp', '.3g2', '.divx', '.mxf', '.y4m')
_STARTS = (
    b'\x1aE\xdf\xa3',  # Matroska, WebM
    b'0&\xb2u\x8ef\xcf\x11',  # ASF: .wmv
    b'FLV\x01',
    b'\x00\x00\x01\xba',  # MPEG
    b'\x00\x00\x01\xb3',
    b'YUV4MPEG2',
    b'\x06\x0e+4\x02\x05\x01\x01',  # MXF
)
# Of files of the MP4 family that are images.
_IMAGE_BRANDS = (b'avif', b'avis', b'heic', b'heix', b'heim', b'heis', b'hevc',
                 b'hevx', b'mif1', b'msf1')
_QUICKTIME = (b'moov', b'mdat', b'wide', b'free', b'skip', b'pnot')
_PACKET = 188  # bytes, of MPEG transport streams
NUM_BYTES = 2 * _PACKET + 5


def is_video(start: bytes) -> bool:
    """Whether a file is a video, by its content.

    Args:
        start (bytes): Its first `NUM_BYTES` bytes, or all.

    Returns:
        bool: Whether it is a container of videos. Animated images are none.

    Examples:
        >>> is_video(b'RIFFxxxxAVI LIST'), is_video(b'RIFFxxxxWEBPVP8 ')
        (True, False)
    """
    if counts_frames(start) or start.startswith(_STARTS):
        return True
    # Packets of 188 bytes, in .m2ts after a time stamp of 4.
    return any(
        len(start) > at + _PACKET +
        at and start[at] == 0x47 and start[2 * at + _PACKET] == 0x47
        for at in (0, 4))


def counts_frames(start: bytes) -> bool:
    """Whether the header of a video has the number of its frames.

    Of others OpenCV guesses it from their duration.

    Args:
        start (bytes): As of :func:`is_video`.

    Returns:
        bool: Whether it is of the MP4 family or AVI.

    Examples:
        >>> counts_frames(bytes(4) + b'ftypisom')
        True
    """
    if start[4:8] == b'ftyp':
        return start[8:12] not in _IMAGE_BRANDS
    return (start[4:8] in _QUICKTIME
            or (start[:4] == b'RIFF' and start[8:12] == b'AVI '))


def first_bytes(path: Union[str, Path]) -> bytes:
    """The first `NUM_BYTES` bytes of a file.

    Args:
        path (str | Path): The file.

    Returns:
        bytes: b'' if it cannot be read.
    """
    try:
        with open(path, 'rb') as file:
            return file.read(NUM_BYTES)
    except OSError:
        return b''
