# Copyright (c) mmhoi contributors.
"""What can be predicted on: images, folders, patterns, videos, cameras.

Without torch, and without OpenCV as long as there is no video: an exported
model needs neither.
"""
import glob
import os
import os.path as osp
import warnings
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Iterator, List, Sequence, Union

import numpy as np

from .image_decoding import ImageReadError
from .progress import tqdm
from .result_names import UniqueNames, picture_name

ImageSource = Union[str, Path, np.ndarray]
IMAGE_ENDINGS = ('.jpg', '.jpeg', '.png', '.ppm', '.bmp', '.pgm', '.tif',
                 '.tiff', '.webp', '.gif')
VIDEO_ENDINGS = ('.mp4', '.avi', '.mov', '.mkv', '.webm', '.m4v', '.mpg',
                 '.mpeg')
CAMERA_FPS = 25.0
ALLOWED = ('an image, a folder, a pattern such as "photos/**/*.jpg", an '
           'http(s) address, an array, a list of these, a video file or the '
           'number of a camera')


@dataclass(frozen=True)
class SourceImage:
    """One image of a source, not read yet.

    Attributes:
        image (str | Path | np.ndarray): What `read_image` takes.
        name (str): File name for what is made of it, unique in its source.
        path (str): Where it comes from: path, address or "frame 12".
    """
    image: ImageSource
    name: str
    path: str


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


class FrameSequence:
    """Frames of a video file or camera, one at a time.

    Args:
        source (str | int): Path of a video, or number of a camera.

    Attributes:
        name (str): Name for output files, without an ending.
        fps (float): Frames a second.

    Raises:
        ImageReadError: If it cannot be opened.
    """

    is_video = True

    def __init__(self, source: Any) -> None:
        self.source = source
        if isinstance(source, int):
            self.name, self.fps, self.length = f'camera{source}', CAMERA_FPS, 0
            self.frames = _camera_frames(source)
            return
        if not osp.isfile(source):
            raise ImageReadError(f'video "{source}" does not exist')
        import cv2
        video = cv2.VideoCapture(str(source))
        if not video.isOpened() or not video.get(cv2.CAP_PROP_FRAME_WIDTH):
            raise ImageReadError(
                f'video "{source}" cannot be read: it is damaged or no video '
                'of a known format')
        self.name = osp.splitext(picture_name(str(source)))[0]
        self.fps = max(video.get(cv2.CAP_PROP_FPS), 0) or CAMERA_FPS
        self.length = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        self.frames = _read_frames(video)

    def __len__(self) -> int:
        """Number of frames as the file states it, 0 if it is unknown."""
        return max(self.length, 0)

    def __iter__(self) -> Iterator[SourceImage]:
        for index, frame in enumerate(self.frames):
            name = f'frame_{index:06d}.jpg'
            yield SourceImage(frame, name, f'{self.name}: frame {index}')


def open_source(inputs: Any) -> Any:
    """Find out what is given to predict on.

    Args:
        inputs (Any): An image (path, address, array), a list of images, a
            folder, a glob pattern (`**` for subfolders), a video file or the
            number of a camera.

    Returns:
        ImageList | FrameSequence: Iterable of `SourceImage` with a length.

    Raises:
        ImageReadError: If a video or camera cannot be opened.
        FileNotFoundError: If a pattern or folder has no images.
        TypeError: If `inputs` is nothing of these.
        ValueError: If the list is empty.
    """
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
    if '://' in path:
        return ImageList([path])
    if osp.isdir(path):
        return ImageList(_images_of_folder(path))
    if Path(path).suffix.lower() in VIDEO_ENDINGS:
        return FrameSequence(path)
    if not osp.exists(path) and glob.has_magic(path):
        found = sorted(
            p for p in glob.glob(path, recursive=True) if osp.isfile(p))
        if not found:
            raise FileNotFoundError(f'no file matches the pattern "{path}"')
        return ImageList(found)
    return ImageList([path])


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
    return [osp.join(folder, name) for name in images]


def _camera_frames(number: int) -> Iterator[np.ndarray]:
    """Frames of a camera, until it stops."""
    import cv2
    camera = cv2.VideoCapture(number)
    if not camera.isOpened():
        raise ImageReadError(f'camera {number} cannot be opened; is it '
                             'connected, and used by no other program?')
    return _read_frames(camera)


def _read_frames(video: Any) -> Iterator[np.ndarray]:
    """Frames of a `cv2.VideoCapture`, which is closed at the end."""
    try:
        while True:
            success, frame = video.read()
            if not success:
                return
            yield frame
    finally:
        video.release()
