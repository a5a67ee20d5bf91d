# Copyright (c) mmhoi contributors.
"""What can be predicted on: images, folders, patterns, videos, cameras.

Without torch, and without OpenCV as long as there is no video: an exported
model needs neither.
"""
import glob
import os
import os.path as osp
import warnings
from itertools import islice
from pathlib import Path
from typing import Any, Iterator, List, Sequence, Union

import numpy as np

from .addresses import STREAMS, WEB, scheme_of
from .frame_sequence import FrameSequence
from .listing import shortened
from .own_results import without_own_results
from .progress import tqdm
from .result_names import UniqueNames, picture_name
from .source_image import ImageSource, SourceImage
from .video_files import VIDEO_ENDINGS, first_bytes, is_video

IMAGE_ENDINGS = ('.jpg', '.jpeg', '.png', '.ppm', '.bmp', '.pgm', '.tif',
                 '.tiff', '.webp', '.gif')
ALLOWED = ('an image, a folder, a pattern such as "photos/**/*.jpg", an '
           'http(s) address, an array, a list of these, a video file, the '
           f'address of a stream ({", ".join(STREAMS)}) or the number of a '
           'camera')


class ImageList:
    """Images to predict on, in the given order.

    Args:
        images (Sequence): Paths, addresses and arrays.

    Raises:
        ValueError: If there are none.
    """

    is_video = False

    def __init__(self, images: Sequence[ImageSource]) -> None:
        if not len(images):
            raise ValueError(f'no image is given; allowed: {ALLOWED}')
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __iter__(self) -> Iterator[SourceImage]:
        names = UniqueNames()
        for index, image in enumerate(self.images):
            if isinstance(image, (str, Path)):
                name, path = picture_name(str(image)), str(image)
            else:
                name, path = f'{index:08d}.jpg', f'array {index}'
            yield SourceImage(image, names.add(name), path)


def open_source(inputs: Any) -> Any:
    """Find out what is given to predict on.

    Args:
        inputs (Any): An image (path, address, array), a list of images, a
            folder, a glob pattern (`**` for subfolders), a video file, the
            address of a stream, the number of a camera, or what this function
            returns.

    Returns:
        ImageList | FrameSequence: Iterable of `SourceImage` with a length.

    Raises:
        ImageReadError: If a video or camera cannot be opened.
        FileNotFoundError: If a pattern or folder has no images. Folders of a
            pattern that may not be read are items that cannot be read.
        TypeError: If `inputs` is nothing of these.
        ValueError: If the list is empty.
    """
    if isinstance(inputs, (ImageList, FrameSequence)):
        return inputs
    if isinstance(inputs, bool) or inputs is None:
        raise TypeError(f'cannot predict on {inputs!r}; allowed: {ALLOWED}')
    if isinstance(inputs, (int, np.integer)):
        return FrameSequence(int(inputs))
    if isinstance(inputs, np.ndarray):
        return ImageList(inputs if inputs.ndim == 4 else [inputs])
    if isinstance(inputs, (list, tuple)):
        wrong = [
            x for x in inputs if not isinstance(x, (str, Path, np.ndarray))
        ]
        if wrong:
            raise TypeError(
                f'the list holds a {type(wrong[0]).__name__}; images are '
                'paths, addresses or arrays')
        return ImageList(inputs)
    if not isinstance(inputs, (str, Path)):
        raise TypeError(f'cannot predict on a {type(inputs).__name__}; '
                        f'allowed: {ALLOWED}')
    return _open_path(str(inputs))


def read_batches(source: Union[ImageList, FrameSequence], batch_size: int,
                 show_progress: bool) -> Iterator[List[SourceImage]]:
    """Go through a source in groups of images.

    Args:
        source (ImageList | FrameSequence): Of N images.
        batch_size (int): Images in a group; the last one may have fewer.
        show_progress (bool): Whether to show a progress bar.

    Yields:
        list[SourceImage]: The next group.

    Examples:
        >>> source = ImageList(['a.jpg', 'b.jpg', 'c.jpg'])
        >>> [len(batch) for batch in read_batches(source, 2, False)]
        [2, 1]
    """
    items = iter(source)
    if show_progress:
        # The length of a camera's stream is unknown.
        items = iter(
            tqdm(source, 'Inference', len(source) or None, unit=' images'))
    while batch := list(islice(items, batch_size)):
        yield batch


def _open_path(path: str) -> Any:
    """A source from a path, pattern or address."""
    scheme = scheme_of(path)
    has_video_ending = path.lower().endswith(VIDEO_ENDINGS)
    if scheme in STREAMS and (scheme not in WEB or has_video_ending):
        return FrameSequence(path)
    if scheme:
        return ImageList([path])
    if osp.isdir(path):
        return ImageList(_images_of_folder(path))
    if has_video_ending or is_video(first_bytes(path)):
        return FrameSequence(path)
    if not osp.exists(path) and glob.has_magic(path):
        found = sorted(
            p for p in glob.glob(path, recursive=True) if osp.isfile(p))
        closed = closed_folders(path)
        if not found:
            raise FileNotFoundError(f'no file matches the pattern "{path}"' + (
                f'; {len(closed)} folders may not be read: '
                f'{shortened(closed)}' if closed else ''))
        # As items that cannot be read they are told and counted.
        return ImageList(
            [*leave_out_own_results(found, f'pattern "{path}"'), *closed])
    return ImageList([path])


def closed_folders(pattern: str) -> List[str]:
    """Folders in which a pattern may have files that nobody may look for.

    Python's `glob` passes over them without a word.

    Args:
        pattern (str): With `*`, `**`, `?` or `[`.

    Returns:
        list[str]: Folders without permission to list or enter them.

    Examples:
        >>> closed_folders('no/*.jpg')
        []
    """
    parent = osp.dirname(pattern)
    if '**' in pattern:
        start = pattern[:pattern.index('**')].rpartition('/')[0]
        starts = glob.glob(start) if glob.has_magic(start) else [start or '.']
        folders = [folder for start in starts for folder, *_ in os.walk(start)]
    elif glob.has_magic(parent):
        folders = [*closed_folders(parent), *glob.glob(parent)]
    else:
        folders = [parent or '.']
    return sorted({
        osp.normpath(folder)
        for folder in folders
        if osp.isdir(folder) and not os.access(folder, os.R_OK | os.X_OK)
    })


def _images_of_folder(folder: str) -> List[str]:
    """Paths of the images directly in a folder, in alphabetical order."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries
                       if entry.is_file() and not entry.name.startswith('.'))
    images = [n for n in names if n.lower().endswith(IMAGE_ENDINGS)]
    if not images:
        raise FileNotFoundError(
            f'folder "{folder}" has no images ({len(names)} other files); '
            f'known endings: {", ".join(IMAGE_ENDINGS)}; for images in '
            f'subfolders give a pattern: "{folder}/**/*.jpg"')
    others = sorted(set(names) - set(images))
    if others:
        warnings.warn(
            f'{len(others)} of {len(names)} files in "{folder}" are no images '
            f'by their ending and left out: {", ".join(others[:3])}'
            f'{" ..." if len(others) > 3 else ""}')
    paths = [osp.join(folder, name) for name in images]
    return leave_out_own_results(paths, f'folder "{folder}"')


def leave_out_own_results(paths: List[str], where: str) -> List[str]:
    """Leave out of what was found what an earlier run has drawn.

    Args:
        paths (list[str]): Images that were found, not named one by one.
        where (str): Where they were found, for the message.

    Returns:
        list[str]: The others. A warning tells how many there are.

    Raises:
        FileNotFoundError: If nothing else was found.
    """
    others = without_own_results(paths)
    if not others:
        raise FileNotFoundError(
            f'{where} has no images but {len(paths)} that mmhoi has drawn; '
            'give the original images')
    if len(others) < len(paths):
        warnings.warn(f'{len(paths) - len(others)} of {len(paths)} images of '
                      f'{where} are drawings of mmhoi and left out')
    return others
