# Copyright (c) mmhoi contributors.
"""Frames of videos, cameras and streams, with those that cannot be read."""
import math
import os.path as osp
from pathlib import Path
from typing import Any, Iterator, Optional, Union

from .addresses import STREAMS, name_of_stream, scheme_of, without_password
from .image_decoding import ImageReadError
from .result_names import picture_name
from .source_image import SourceImage
from .video_files import counts_frames, first_bytes

CAMERA_FPS = 25.0
MAX_FPS = 1000
# Attempts after a frame that cannot be read, at least and at most: in a video
# there may be more after a hole, and its header may name too few.
MIN_ATTEMPTS = 100
MAX_ATTEMPTS = 10000
LIVE_ATTEMPTS = 3
# Sound may be longer than the pictures.
SLACK_SECONDS = 0.5


class FrameSequence:
    """Frames of a video file, camera or stream, one at a time.

    What cannot be read is an item, too: a damaged frame; and as the last one
    those that are missing at the end, by the header of the file.

    Args:
        source (str | Path | int): Path of a video, address of a stream, or
            number of a camera.

    Attributes:
        name (str): Name for output files, without an ending.
        fps (float): Frames a second.

    Raises:
        ImageReadError: If it cannot be opened. While frames are read: if
            there is none.
        ValueError: If the scheme of an address is unknown.
    """

    is_video = True

    def __init__(self, source: Union[str, Path, int]) -> None:
        self.source = source
        self.is_counted = self.is_live = False
        self.length = 0
        if isinstance(source, int):
            self.name, self.title = f'camera{source}', f'camera {source}'
            self.is_live = True
        elif scheme_of(str(source)):
            self._check_address(str(source))
            self.name = name_of_stream(str(source))
            self.title = f'stream "{without_password(str(source))}"'
        else:
            if not osp.isfile(source):
                raise ImageReadError(f'video "{source}" does not exist')
            self.name = osp.splitext(picture_name(str(source)))[0]
            self.title = f'video "{source}"'
            self.is_counted = counts_frames(first_bytes(source))
        self._open()

    def _check_address(self, source: str) -> None:
        if scheme_of(source) not in STREAMS:
            raise ValueError(
                f'{self._quoted(source)} is no address of a stream; allowed: '
                f'{", ".join(f"{name}://" for name in STREAMS)}')

    @staticmethod
    def _quoted(source: str) -> str:
        return f'"{without_password(source)}"'

    def _open(self) -> None:
        """Open it and read what its header says."""
        import cv2
        source = self.source
        self.video = cv2.VideoCapture(
            source if isinstance(source, int) else str(source))
        is_open = self.video.isOpened()
        if isinstance(source, int):
            if not is_open:
                raise ImageReadError(
                    f'{self.title} cannot be opened; is it connected, and '
                    'used by no other program?')
            self.fps = CAMERA_FPS
            return
        if not is_open or not self.video.get(cv2.CAP_PROP_FRAME_WIDTH):
            reason = ('there is no answer, or no video of a known format'
                      if scheme_of(str(source)) else
                      'it is damaged or no video of a known format')
            raise ImageReadError(f'{self.title} cannot be read: {reason}')
        fps = self.video.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0 < fps <= MAX_FPS else CAMERA_FPS
        length = self.video.get(cv2.CAP_PROP_FRAME_COUNT)
        self.length = int(length) if math.isfinite(length) else 0
        if not scheme_of(str(source)):
            # Nonsense in a header may be more than there is memory for.
            self.length = min(self.length, osp.getsize(source))
        self.is_live = bool(scheme_of(str(source))) and self.length <= 0

    def __len__(self) -> int:
        """Number of frames as the file states it, 0 if it is unknown."""
        return max(self.length, 0)

    def __iter__(self) -> Iterator[SourceImage]:
        import cv2
        index, attempts, num_read, seconds = 0, 0, 0, 0.
        try:
            while attempts <= self._max_attempts(index):
                success, frame = self.video.read()
                if not success:
                    attempts += 1
                    continue
                for lost in range(index, index + attempts):
                    yield self._item(
                        lost,
                        ImageReadError(f'frame {lost} of {self.title} cannot '
                                       'be read: it is damaged'))
                index, attempts = index + attempts, 0
                yield self._item(index, frame)
                index, num_read = index + 1, num_read + 1
                seconds = self.video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        finally:
            self.video.release()
        if not num_read:
            raise ImageReadError(f'{self.title} has no frame that can be read')
        missing = self._missing(index, seconds + 1 / self.fps)
        if missing is not None:
            yield self._item(index, ImageReadError(missing))

    def _max_attempts(self, index: int) -> int:
        """How often reading is tried again before it is the end."""
        if self.is_live:
            return LIVE_ATTEMPTS
        return min(max(self.length - index, MIN_ATTEMPTS), MAX_ATTEMPTS)

    def _missing(self, index: int, seconds: float) -> Optional[str]:
        """What is missing after the last frame, None for nothing.

        Args:
            index (int): Number of frames, read or not.
            seconds (float): Time at the end of the last one.

        Returns:
            str | None: The message.
        """
        if self.is_live:
            return f'{self.title} has broken off after {index} frames'
        if self.length <= index:
            return None
        if self.is_counted:
            return (f'{self.title} ends after {index} of {self.length} frames '
                    'that its header names: it is cut off or damaged, or the '
                    'header is wrong')
        expected = self.length / self.fps
        if seconds + SLACK_SECONDS >= expected:
            return None
        return (f'{self.title} ends after {index} frames and {seconds:.1f} of '
                f'{expected:.1f} seconds that its header names: it is cut off '
                'or damaged, or its sound is longer')

    def _item(self, index: int, image: Any) -> SourceImage:
        return SourceImage(image, f'frame_{index:06d}.jpg',
                           f'{self.name}: frame {index}')
