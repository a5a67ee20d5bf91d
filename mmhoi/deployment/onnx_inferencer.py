# Copyright (c) mmhoi contributors.
"""Predictions of an exported model; neither torch nor mmcv is needed."""
from itertools import islice
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

import numpy as np
from PIL import Image

from mmhoi.utils.image_decoding import ImageReadError, decode_image
from mmhoi.utils.prediction_dict import prediction_to_dict
from .model_info import METADATA_KEY, ModelInfo
from .prediction import select_predictions
from .preprocessing import make_inputs

ImageSource = Union[str, Path, np.ndarray]


class ONNXHOIInferencer:
    """Predict the interactions in images with an exported model.

    Predictions are those of `mmhoi.apis.HOIInferencer`, up to rounding. The
    file says how images are prepared and what the classes are called, so
    neither config nor checkpoint is needed.

    Args:
        model (str | Path): File that tools/deployment/export_onnx.py wrote.
        providers (Sequence[str], optional): Execution providers of ONNX
            Runtime, the best first. Defaults to None: the CPU.
        num_threads (int, optional): Threads of an operator. Defaults to None:
            as many as there are cores.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If ONNX Runtime is not installed.
        ValueError: If the file is damaged or was not exported by mmhoi, or a
            provider is not available.

    Attributes:
        info (ModelInfo): Classes, preprocessing and selection.

    Examples:
        >>> inferencer = ONNXHOIInferencer('model.onnx')  # doctest: +SKIP
        >>> result = inferencer('photo.jpg')  # doctest: +SKIP
        >>> result['predictions'][0]['hois'][0]['text']  # doctest: +SKIP
        'ride bicycle'
    """

    def __init__(self,
                 model: Union[str, Path],
                 providers: Optional[Sequence[str]] = None,
                 num_threads: Optional[int] = None) -> None:
        self.session = _open_session(
            str(model), list(providers or ['CPUExecutionProvider']),
            num_threads)
        metadata = self.session.get_modelmeta().custom_metadata_map
        if METADATA_KEY not in metadata:
            raise ValueError(
                f'model "{model}" has no metadata "{METADATA_KEY}"; export it '
                'with tools/deployment/export_onnx.py')
        self.info = ModelInfo.from_json(metadata[METADATA_KEY])

    def forward(self, images: Sequence[Image.Image]) -> Dict[str, np.ndarray]:
        """Raw outputs of a batch.

        Args:
            images (Sequence[Image.Image]): B images, mode RGB.

        Returns:
            dict: hoi_logits (B, Q, H), obj_logits (B, Q, O + 1), sub_bboxes,
            obj_bboxes (B, Q, 4) normalised cxcywh and, with the training-free
            enhancement, clip_logits (B, H).
        """
        names = [output.name for output in self.session.get_outputs()]
        inputs = make_inputs(images, self.info.preprocessing)
        return dict(zip(names, self.session.run(names, inputs)))

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


def _open_session(path: str, providers: List[str],
                  num_threads: Optional[int]) -> Any:
    """Session of ONNX Runtime for a file."""
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError('an exported model needs the package "onnxruntime"; '
                          'run: pip install onnxruntime') from error
    if not Path(path).is_file():
        raise FileNotFoundError(
            f'model "{path}" does not exist; export one with '
            'tools/deployment/export_onnx.py')
    available = onnxruntime.get_available_providers()
    if not set(providers) <= set(available):
        raise ValueError(f'providers={providers}; available are '
                         f'{", ".join(available)}')
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads or 0
    try:
        return onnxruntime.InferenceSession(path, options, providers)
    # Its errors have no public base class of their own.
    except Exception as error:
        reason = ' '.join(str(error).split())
        raise ValueError(f'model "{path}" cannot be loaded ({reason}); it is '
                         'damaged or no ONNX file') from error
