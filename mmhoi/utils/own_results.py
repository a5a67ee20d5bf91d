# Copyright (c) mmhoi contributors.
"""Results in folders that people choose: marked, so that they are known again.

What mmhoi draws and predicts for single images goes into a folder under the
names of these images, where files of the user may lie. A result therefore
carries a mark. Only a file with this mark is ever replaced, and no drawing is
taken for an image that somebody wants a prediction of.
"""
import errno
import os
import re
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterable, List, Sequence, Union

import numpy as np

from .whole_file import write_whole

MARK = b'result of mmhoi'
# Predictions are known by their beginning.
_JSON_START = re.compile(
    rb'\{\s*"img_path": (null|"([^"\\]|\\.)*"),\s*"(width|error)"')
# So much of it, for a path may be long.
_NUM_BYTES = 8192
# Files are looked at to wait for a disk or a network, not to compute.
_NUM_THREADS = 16


def is_own_result(path: Union[str, Path]) -> bool:
    """Whether mmhoi has written a file as a result for an image.

    Args:
        path (str | Path): The file.

    Returns:
        bool: True if it has the mark; False also if it cannot be read.
    """
    try:
        with open(path, 'rb') as file:
            start = file.read(_NUM_BYTES)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 4 * len(MARK), 0))
            end = file.read()
    except OSError:
        return False
    return (MARK in start or MARK in end
            or _JSON_START.match(start) is not None)


def without_own_results(paths: Sequence[str]) -> List[str]:
    """Leave out what mmhoi has drawn.

    Args:
        paths (Sequence[str]): Images that were found, not named one by one.

    Returns:
        list[str]: The others, in the same order.
    """
    with ThreadPoolExecutor(_NUM_THREADS) as pool:
        own = list(pool.map(is_own_result, paths))
    return [path for path, is_own in zip(paths, own) if not is_own]


def check_replaceable(path: Union[str, Path]) -> None:
    """Refuse to replace what mmhoi has not written.

    Args:
        path (str | Path): Where a result shall be written.

    Raises:
        FileExistsError: If another file is there, whatever it is called and
            also behind a link.
    """
    if os.path.lexists(path) and not is_own_result(path):
        raise FileExistsError(
            errno.EEXIST, 'it exists, and is no result of mmhoi that may be '
            'replaced; choose another folder, or move it', str(path))


def check_folder(folder: Union[str, Path], names: Iterable[str],
                 option: str) -> None:
    """Refuse a folder in which results would replace other files.

    Args:
        folder (str | Path): Folder of the results.
        names (Iterable[str]): Names of the results in it.
        option (str): What chooses another folder, for the message.

    Raises:
        FileExistsError: If files of these names are there that mmhoi has not
            written.
    """
    taken = [
        name for name in names if os.path.isfile(os.path.join(folder, name))
        and not is_own_result(os.path.join(folder, name))
    ]
    if taken:
        raise FileExistsError(
            f'{folder} has {len(taken)} files which mmhoi has not written and '
            f'which would be replaced, such as {taken[0]}; choose another '
            f'folder with {option}')


def write_picture(picture: np.ndarray, path: Union[str, Path]) -> None:
    """Write a drawing, with the mark.

    Args:
        picture (np.ndarray): RGB, uint8, shape (h, w, 3).
        path (str | Path): The file; its ending tells the format, its folder
            is made if need be.

    Raises:
        FileExistsError: If another file is there.
        OSError: If it cannot be written.
    """
    check_replaceable(path)
    content = _marked(encode_picture(picture, Path(path).suffix))
    with write_whole(Path(path)) as draft:
        draft.write_bytes(content)


def encode_picture(picture: np.ndarray, ending: str) -> bytes:
    """Content of the file of a picture.

    Args:
        picture (np.ndarray): RGB, uint8, shape (h, w, 3).
        ending (str): Tells the format, such as `.png`.

    Returns:
        bytes: The content.

    Raises:
        OSError: If there is no such format, or it cannot hold the picture.
    """
    # Only who writes pictures needs it.
    import cv2
    height, width = picture.shape[:2]
    try:
        done, content = cv2.imencode(ending,
                                     np.ascontiguousarray(picture[..., ::-1]))
    except cv2.error:
        done = False
    if not done:
        raise OSError(f'a picture of {width} x {height} pixels cannot be '
                      f'written as {ending or "a file without ending"}')
    return content.tobytes()


def mark_file(path: Union[str, Path]) -> None:
    """Add the mark at the end of a video, or of another file of ours.

    Args:
        path (str | Path): MP4, in which it is a box of the type `free`.

    Raises:
        OSError: If the file cannot be written to.
    """
    with open(path, 'ab') as file:
        file.write(struct.pack('>I4s', 8 + len(MARK), b'free') + MARK)


def _marked(content: bytes) -> bytes:
    """The content of a picture with the mark."""
    if content.startswith(b'\xff\xd8\xff\xe0'):
        # A comment after the first segment, JFIF, which must be the first.
        place = 4 + int.from_bytes(content[4:6], 'big')
        segment = b'\xff\xfe' + struct.pack('>H', 2 + len(MARK)) + MARK
        return content[:place] + segment + content[place:]
    if content.startswith(b'\x89PNG'):
        # A text after the first chunk, IHDR, which must be the first.
        chunk = b'tEXtSoftware\0' + MARK
        place = 8 + 12 + int.from_bytes(content[8:12], 'big')
        return b''.join((content[:place], struct.pack('>I',
                                                      len(chunk) - 4), chunk,
                         struct.pack('>I',
                                     zlib.crc32(chunk)), content[place:]))
    # Readers of the other formats know where their data end.
    return content + MARK
