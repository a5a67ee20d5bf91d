# Copyright (c) mmhoi contributors.
"""From images to the predictions of an exported model; needs no torch."""
import warnings
from abc import ABCMeta, abstractmethod
from typing import Any, Dict, Iterator, List, Sequence, Union

import numpy as np
from PIL import Image

from mmhoi.utils.addresses import read_content
from mmhoi.utils.image_decoding import (ImageReadError, array_to_image,
                                        decode_image, unreadable)
from mmhoi.utils.image_orientation import READ_ERRORS
from mmhoi.utils.image_sources import open_source, read_batches
from mmhoi.utils.prediction_dict import prediction_to_dict
from mmhoi.utils.source_image import ImageSource, SourceImage
from .model_info import ModelInfo
from .prediction import select_predictions
from .preprocessing import make_inputs


class ExportedHOIInferencer(metaclass=ABCMeta):
    """Predict the interactions in images with an exported model.

    Predictions are those of `mmhoi.apis.HOIInferencer`, up to rounding. A
    subclass runs the graph.

    Args:
        info (ModelInfo): Classes, preprocessing and selection.
        show_progress (bool): Whether to show a progress bar. Defaults to
            True.
    """

    def __init__(self, info: ModelInfo, show_progress: bool = True) -> None:
        self.info = info
        self.show_progress = show_progress

    @abstractmethod
    def run(self, inputs: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Compute the graph.

        Args:
            inputs (dict): What `make_inputs` makes of B images.

        Returns:
            dict: scores, confidences, obj_scores, obj_labels (B, Q, H),
            sub_bboxes and obj_bboxes (B, Q, 4) normalised xyxy.

        Raises:
            ImageReadError: If the graph takes no images of this size.
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
               inputs: Any,
               batch_size: int = 1) -> Iterator[Dict[str, Any]]:
        """Predict image by image, for collections of any length.

        An image that cannot be read does not stop the others; a warning
        names it.

        Args:
            inputs (Any): A path or http(s) address, an array (BGR, uint8), a
                list of these, a folder, a glob pattern, and with OpenCV a
                video file or the number of a camera.
            batch_size (int): Images in one pass. Defaults to 1.

        Yields:
            dict: For each image, in the order of the inputs, what
            `mmhoi.apis.HOIInferencer` predicts (see `prediction_to_dict`);
            `img_path` and `error` for one that cannot be read.

        Raises:
            FileNotFoundError: If a folder or pattern has no images.
            ImageReadError: If the video or the camera cannot be read.
            ImportError: If a video is given and OpenCV is not installed.
            TypeError: If `inputs` is nothing of the above.
            ValueError: If the batch size is not positive or the list empty.
        """
        if batch_size < 1:
            raise ValueError(f'batch_size={batch_size} must be at least 1')
        source = open_source(inputs)
        for items in read_batches(source, batch_size, self.show_progress):
            yield from self._predict(items)

    def __call__(self,
                 inputs: Any,
                 batch_size: int = 1) -> Dict[str, List[Dict[str, Any]]]:
        """Predict and collect the results.

        Arguments and errors are those of :meth:`stream`.

        Returns:
            dict: `predictions`, a list of what :meth:`stream` yields.

        Raises:
            ImageReadError: If the only image cannot be read.
        """
        predictions = list(self.stream(inputs, batch_size))
        if len(predictions) == 1 and 'error' in predictions[0]:
            raise ImageReadError(predictions[0]['error'])
        return dict(predictions=predictions)

    def _predict(self, items: List[SourceImage]) -> Iterator[Dict[str, Any]]:
        """Results of a batch, also of the images that cannot be read."""
        images = [_try_to_read(item.image) for item in items]
        readable = [x for x in images if isinstance(x, Image.Image)]
        results = iter(())
        if readable:
            shapes = [(image.height, image.width) for image in readable]
            try:
                results = iter(
                    select_predictions(
                        self.forward(readable), self.info, shapes))
            except ImageReadError as error:
                images = [
                    error if isinstance(x, Image.Image) else x for x in images
                ]
        for item, image in zip(items, images):
            if isinstance(image, ImageReadError):
                warnings.warn(str(image))
                yield dict(img_path=item.path, error=str(image))
                continue
            yield prediction_to_dict(
                next(results), item.path, (image.height, image.width),
                self.info.meta)


def _try_to_read(
    source: Union[ImageSource, ImageReadError]
) -> Union[Image.Image, ImageReadError]:
    if isinstance(source, ImageReadError):
        return source
    try:
        if isinstance(source, np.ndarray):
            return array_to_image(source)
        return decode_image(read_content(str(source)), str(source))
    except ImageReadError as error:
        return error
    except READ_ERRORS as error:
        return unreadable(str(source), error)
