# Copyright (c) mmhoi contributors.
"""From images to the predictions of an exported model; needs no torch."""
from abc import ABCMeta, abstractmethod
from itertools import islice
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple, Union

import numpy as np
from PIL import Image

from mmhoi.utils.image_decoding import ImageReadError, decode_image
from mmhoi.utils.prediction_dict import prediction_to_dict
from .model_info import ModelInfo
from .prediction import select_predictions
from .preprocessing import make_inputs

ImageSource = Union[str, Path, np.ndarray]


class ExportedHOIInferencer(metaclass=ABCMeta):
    """Predict the interactions in images with an exported model.

    Predictions are those of `mmhoi.apis.HOIInferencer`, up to rounding. A
    subclass runs the graph.

    Args:
        info (ModelInfo): Classes, preprocessing and selection.

    Attributes:
        info (ModelInfo): The same.
    """

    def __init__(self, info: ModelInfo) -> None:
        self.info = info

    @abstractmethod
    def run(self, inputs: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Compute the graph.

        Args:
            inputs (dict): What `make_inputs` makes of B images.

        Returns:
            dict: hoi_logits (B, Q, H), obj_logits (B, Q, O + 1), sub_bboxes,
            obj_bboxes (B, Q, 4) normalised cxcywh and, with the training-free
            enhancement, clip_logits (B, H).
        """

    def forward(self, images: Sequence[Image.Image]) -> Dict[str, np.ndarray]:
        """Raw outputs of a batch.

        Args:
            images (Sequence[Image.Image]): B images, mode RGB.

        Returns:
            dict: As of :meth:`run`.
        """
        return self.run(make_inputs(images, self.info.preprocessing))

    def stream(self,
               inputs: Union[ImageSource, Sequence[ImageSource]],
               batch_size: int = 1) -> Iterator[Dict[str, Any]]:
        """Predict image by image, for collections of any length.

        Args:
            inputs (str | Path | np.ndarray | Sequence): A path, an array as
                OpenCV reads it (uint8, (h, w, 3) BGR), or several of these.
            batch_size (int): Images in one pass. Defaults to 1.

        Yields:
            dict: For each image, in the order of the inputs, what
            `mmhoi.apis.HOIInferencer` predicts (see `prediction_to_dict`);
            `img_path` and `error` for one that cannot be read.

        Raises:
            ValueError: If the batch size is not positive.
        """
        if batch_size < 1:
            raise ValueError(f'batch_size={batch_size} must be at least 1')
        if isinstance(inputs, (str, Path)) or getattr(inputs, 'ndim', 0) == 3:
            inputs = [inputs]
        items = enumerate(inputs)
        while chunk := list(islice(items, batch_size)):
            yield from self._predict(chunk)

    def __call__(self,
                 inputs: Union[ImageSource, Sequence[ImageSource]],
                 batch_size: int = 1) -> Dict[str, List[Dict[str, Any]]]:
        """Predict and collect the results; arguments as in :meth:`stream`.

        Returns:
            dict: `predictions`, a list of what :meth:`stream` yields.

        Raises:
            ImageReadError: If the only image cannot be read.
            ValueError: If the batch size is not positive.
        """
        predictions = list(self.stream(inputs, batch_size))
        if len(predictions) == 1 and 'error' in predictions[0]:
            raise ImageReadError(predictions[0]['error'])
        return dict(predictions=predictions)

    def _predict(
            self, items: List[Tuple[int,
                                    ImageSource]]) -> Iterator[Dict[str, Any]]:
        """Results of a batch, also of the images that cannot be read."""
        names = [
            str(source) if isinstance(source,
                                      (str, Path)) else f'array {index}'
            for index, source in items
        ]
        images = [_try_to_read(source) for _, source in items]
        readable = [x for x in images if isinstance(x, Image.Image)]
        results = iter(())
        if readable:
            shapes = [(image.height, image.width) for image in readable]
            results = iter(
                select_predictions(self.forward(readable), self.info, shapes))
        for name, image in zip(names, images):
            if isinstance(image, ImageReadError):
                yield dict(img_path=name, error=str(image))
                continue
            yield prediction_to_dict(
                next(results), name, (image.height, image.width),
                self.info.meta)


def _try_to_read(source: ImageSource) -> Union[Image.Image, ImageReadError]:
    try:
        if isinstance(source, np.ndarray):
            return _from_array(source)
        return decode_image(Path(source).read_bytes(), str(source))
    except ImageReadError as error:
        return error
    except FileNotFoundError:
        return ImageReadError(f'image "{source}" does not exist')
    except OSError as error:
        return ImageReadError(
            f'image "{source}" cannot be read: {error.strerror}')


def _from_array(array: np.ndarray) -> Image.Image:
    """An image of OpenCV as one of Pillow."""
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 \
            or not array.size:
        raise ImageReadError(
            f'an array of shape {array.shape} and type {array.dtype} is no '
            'image; give uint8 of shape (h, w, 3), BGR as cv2.imread returns '
            'it')
    return Image.fromarray(np.ascontiguousarray(array[..., ::-1]))
