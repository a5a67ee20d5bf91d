# Copyright (c) mmhoi contributors.
import logging
from typing import Optional, Set, Tuple

import numpy as np
from mmcv.transforms import BaseTransform, LoadImageFromFile
from mmengine.fileio import exists
from mmengine.logging import print_log
from torch.utils.data import Dataset

from mmhoi.registry import TRANSFORMS
from mmhoi.utils.image_decoding import ImageReadError
from mmhoi.utils.image_orientation import image_frames
from mmhoi.utils.image_reading import read_image


@TRANSFORMS.register_module()
class LoadHOIImage(BaseTransform):
    """Load an image as the official code does: Pillow, EXIF tag ignored.

    Apart from the tag, pixels are those that predictions on own images see;
    files of any kind are read, see `mmhoi.utils.image_decoding.decode_image`.

    A file that cannot be read either stops the program with its name, or is
    skipped and counted, with one warning per file. Skipping a training image
    means that the data set draws another one. In testing no image may be
    left out, as its annotations count: a grey image takes its place, which
    carries `img_unreadable=True` in its metainfo.

    Required Keys:

    - img_path
    - test_mode (optional; as `HOIDataset` gives it)

    Added Keys:

    - img (np.uint8: (H, W, 3), BGR)
    - img_shape (tuple[int]: (H, W))
    - ori_shape (tuple[int]: (H, W))
    - img_unreadable (bool; only if the image was replaced)

    Args:
        on_error (str): What to do about an unreadable image, `stop` or
            `skip`. Defaults to `stop`.
        backend_args (dict, optional): File backend of mmengine. Defaults to
            None.

    Raises:
        ValueError: If `on_error` is neither.
        OSError: If an image cannot be read and `on_error` is `stop`
            (FileNotFoundError if there is no such file).
    """

    GREY = 127
    # Of a file that does not even tell its size.
    UNKNOWN_SIZE = (480, 640)

    def __init__(self,
                 on_error: str = 'stop',
                 backend_args: Optional[dict] = None) -> None:
        if on_error not in ('stop', 'skip'):
            raise ValueError(
                f'on_error="{on_error}" (config key `on_error` of '
                'LoadHOIImage) must be "stop" or "skip"')
        self.on_error = on_error
        self.backend_args = backend_args
        self.skipped: Set[str] = set()

    def transform(self, results: dict) -> Optional[dict]:
        """Load the image.

        Args:
            results (dict): Item of a `HOIDataset`.

        Returns:
            dict or None: The same with the added keys; None to skip it.
        """
        path = results['img_path']
        try:
            img = read_image(path, False, self.backend_args)
        except ImageReadError as error:
            if self.on_error == 'stop':
                raise self._named_error(path, error) from error
            self._warn(path, error)
            return self._stand_in(results)
        results['img'] = img
        results['img_shape'] = results['ori_shape'] = img.shape[:2]
        return results

    def _stand_in(self, results: dict) -> Optional[dict]:
        """A grey image in testing, nothing in training."""
        if not results.get('test_mode', False):
            return None
        height, width = self._size_in_header(results['img_path'])
        results['img'] = np.full((height, width, 3), self.GREY, np.uint8)
        results['img_shape'] = results['ori_shape'] = (height, width)
        results['img_unreadable'] = True
        return results

    def _named_error(self, path: str, error: Exception) -> OSError:
        """The error with the file's name and what can be done about it."""
        remedy = ('restore the file, or skip such images with '
                  '`on_error="skip"` of LoadHOIImage in the pipeline')
        if not exists(path, backend_args=self.backend_args):
            return FileNotFoundError(
                f'image "{path}" does not exist (config keys `data_root` and '
                f'`data_prefix.img_path` of the dataset); {remedy}')
        return OSError(f'{error}; {remedy}')

    def _warn(self, path: str, error: Exception) -> None:
        if path in self.skipped:
            return
        self.skipped.add(path)
        print_log(
            f'{error}; it is skipped, '
            f'{len(self.skipped)} such files so far in this process',
            logger='current',
            level=logging.WARNING)

    def _size_in_header(self, path: str) -> Tuple[int, int]:
        """Height and width of a truncated image, which its start tells."""
        try:
            width, height = image_frames(path).stored
        except (OSError, ValueError):
            return self.UNKNOWN_SIZE
        return height, width

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(on_error={self.on_error!r}, '
                f'backend_args={self.backend_args})')


def image_loader(dataset: Dataset) -> BaseTransform:
    """What a data set reads its images with, for those who read them again.

    Args:
        dataset (Dataset): A data set, or a wrapper around one or more, of
            which the first counts.

    Returns:
        BaseTransform: The transform of its pipeline; a `LoadHOIImage` if it
        has none of a known kind.
    """
    while hasattr(dataset, 'datasets') or hasattr(dataset, 'dataset'):
        dataset = (
            dataset.datasets[0]
            if hasattr(dataset, 'datasets') else dataset.dataset)
    pipeline = getattr(dataset, 'pipeline', None)
    for transform in getattr(pipeline, 'transforms', ()):
        if isinstance(transform, (LoadHOIImage, LoadImageFromFile)):
            return transform
    return LoadHOIImage()
