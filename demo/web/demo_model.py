# Copyright (c) mmhoi contributors.
"""What a web page does with a model, whatever draws the page."""
import functools
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Tuple

import cv2
import numpy as np

from mmhoi.apis import HOIInferencer, ImageReadError
from mmhoi.apis.attention import pair_attention
from mmhoi.structures import HOIDataSample
from mmhoi.utils.image_decoding import decode_image
from mmhoi.visualization.attention_panel import draw_attention_panel
from .upload_limits import (UploadError, UploadLimits, parse_prompts,
                            read_upload)

TABLE_HEADERS = ('#', 'interaction', 'object', 'confidence', 'object score')
#: Longer side of pictures in the page, pixels.
SHOWN_SIZE = 1600


@dataclass(frozen=True)
class Detection:
    """The interactions in an image that was sent.

    Attributes:
        path (str): The image.
        prompts (tuple[str]): Own interactions, none for those of the model.
        sample (HOIDataSample): With `pred_hoi_instances`.
        dataset_meta (dict): Names of its labels.
        prediction (dict): The same as plain data, without a path.
    """
    path: str
    prompts: Tuple[str, ...]
    sample: HOIDataSample
    dataset_meta: dict
    prediction: Dict[str, Any]


def _in_turn(method: Callable) -> Callable:
    """A method of `DemoModel` as a job of its thread."""

    @functools.wraps(method)
    def wait_for_turn(self: 'DemoModel', *args: Any) -> Any:
        return self._thread.submit(method, self, *args).result()

    return wait_for_turn


class DemoModel:
    """One model for all visitors, for one request at a time.

    All work is done in one thread, as PyTorch keeps memory for each thread
    that it has ever run in, and web servers have many.

    Args:
        inferencer (HOIInferencer): With the model.
        limits (UploadLimits): What a request may contain.

    Attributes:
        takes_texts (bool): Whether it can predict own interactions.
    """

    def __init__(self, inferencer: HOIInferencer,
                 limits: UploadLimits) -> None:
        self.inferencer = inferencer
        self.limits = limits
        self.takes_texts = True
        self._thread = ThreadPoolExecutor(1, 'model')

    @_in_turn
    def try_texts(self) -> str:
        """Find out whether the model can predict own interactions.

        Returns:
            str: Why it cannot, empty if it can. Such a reason names files of
            the server, so that no visitor should be the first to see it.
        """
        try:
            with self._vocabulary(('a person riding a horse', )):
                return ''
        # Also that weights of CLIP are not there, or cannot be fetched.
        except (UploadError, OSError, RuntimeError) as error:
            self.takes_texts = False
            return str(error)

    @_in_turn
    def preview(self, path: str) -> np.ndarray:
        """Check and read an image.

        Args:
            path (str): Its file.

        Returns:
            np.ndarray: RGB, at most `SHOWN_SIZE` pixels wide and high.

        Raises:
            UploadError: If it cannot be used.
        """
        return _shrink(self._read(path)[..., ::-1])

    @_in_turn
    def detect(self, path: str, prompts: str) -> Detection:
        """Detect interactions.

        Args:
            path (str): File of an image.
            prompts (str): Own interactions, one per line; none means those
                that the model was trained for.

        Returns:
            Detection: Its `prediction` holds all predictions.

        Raises:
            UploadError: If the image or the prompts cannot be used.
        """
        names = parse_prompts(prompts, self.limits)
        if names and not self.takes_texts:
            raise UploadError('This model predicts the interactions of its '
                              'training only.')
        image = self._read(path)
        with self._vocabulary(names):
            result, = self.inferencer.stream(image)
            prediction = dict(result.prediction)
            # A path of the server is nobody's business.
            del prediction['img_path']
            return Detection(path, names, result.data_sample.cpu(),
                             dict(self.inferencer.dataset_meta), prediction)

    @_in_turn
    def draw(self, detection: Detection, threshold: float) -> np.ndarray:
        """Draw the interactions that the model is sure enough of.

        Args:
            detection (Detection): What was detected.
            threshold (float): Smallest confidence, 0..1.

        Returns:
            np.ndarray: Picture, RGB.

        Raises:
            UploadError: If the image is no longer there.
        """
        image = self._read(detection.path)
        visualizer = self.inferencer.visualizer
        own_meta = visualizer.dataset_meta
        visualizer.dataset_meta = detection.dataset_meta
        try:
            visualizer.add_datasample(
                'web',
                image[..., ::-1],
                detection.sample,
                draw_gt=False,
                pred_score_thr=threshold)
            return _shrink(visualizer.get_image())
        finally:
            visualizer.dataset_meta = own_meta

    @_in_turn
    def draw_attention(self, detection: Detection, pair: int) -> np.ndarray:
        """Draw what the model looked at for a pair.

        Args:
            detection (Detection): What was detected.
            pair (int): Index into the `hois` of its prediction.

        Returns:
            np.ndarray: Picture, RGB.

        Raises:
            UploadError: If there is no such pair, the image is no longer
                there, or the model has no attention that can be shown.
        """
        image = self._read(detection.path)
        with self._vocabulary(detection.prompts):
            try:
                attention = pair_attention(self.inferencer, image, pair)
            except (IndexError, TypeError) as error:
                raise UploadError(str(error)) from error
        return _shrink(
            draw_attention_panel(
                attention, font=self.inferencer.visualizer.font))

    def _read(self, path: str) -> np.ndarray:
        """Check and read an image, BGR."""
        content = read_upload(path, self.limits)
        try:
            # Advice for whoever runs a tool, such as that there are further
            # frames, would only fill the log of a server.
            with warnings.catch_warnings():
                warnings.simplefilter('ignore')
                image = decode_image(content, '')
        except ImageReadError as error:
            message = str(error).replace(' ""', '')
            raise UploadError(f'The {message}.') from error
        # Damaged files raise many things; to the sender all mean the same.
        except Exception as error:
            raise UploadError(
                'The image cannot be read: it is damaged.') from error
        return cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)

    @contextmanager
    def _vocabulary(self, prompts: Tuple[str, ...]) -> Iterator[None]:
        """The model with own interactions, if there are."""
        if not prompts:
            yield
            return
        try:
            try:
                # The cache of embeddings would keep something of them.
                self.inferencer.set_vocabulary(list(prompts), use_cache=False)
            except ValueError as error:
                raise UploadError(str(error)) from error
            yield
        finally:
            self.inferencer.set_vocabulary(None)


def table_rows(prediction: Dict[str, Any], threshold: float) -> List[list]:
    """The rows of the table of interactions.

    Args:
        prediction (dict): With `hois`, as of a :class:`Detection`.
        threshold (float): Smallest confidence, 0..1.

    Returns:
        list[list]: Columns as `TABLE_HEADERS`; the first is the rank in
        `hois`, from 1.

    Examples:
        >>> hois = [dict(text='ride bicycle', object='bicycle',
        ...              confidence=c, obj_score=0.9) for c in (0.7, 0.1)]
        >>> table_rows(dict(hois=hois), 0.3)
        [[1, 'ride bicycle', 'bicycle', '0.70', '0.90']]
    """
    return [[
        rank, hoi['text'], hoi['object'] or '', f'{hoi["confidence"]:.2f}',
        f'{hoi["obj_score"]:.2f}'
    ] for rank, hoi in enumerate(prediction['hois'], start=1)
            if hoi['confidence'] > threshold]


def _shrink(image: np.ndarray) -> np.ndarray:
    """Make an image small enough to be shown."""
    scale = SHOWN_SIZE / max(image.shape[:2])
    if scale >= 1:
        return np.ascontiguousarray(image)
    size = [max(round(side * scale), 1) for side in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
