# Copyright (c) mmhoi contributors.
import logging
from itertools import repeat
from pathlib import Path
from typing import (Any, Dict, Iterable, Iterator, List, Optional, Sequence,
                    Union)

import numpy as np
from mmengine.config import Config, ConfigDict
from mmengine.logging import print_log

from mmhoi.structures import HOIDataSample
from mmhoi.utils import use_scope
from mmhoi.utils.devices import check_device
from mmhoi.utils.fonts import check_font
from mmhoi.utils.image_sources import open_source, read_batches
from mmhoi.utils.model_arguments import checkpoint_alone
from mmhoi.utils.source_image import ImageSource, SourceImage
from mmhoi.utils.text_files import print_json
from .box_inputs import box_entries, open_boxes
from .config_inferencer import read_model_config
from .hoi_result import HOIResult, sample_to_dict
from .image_reading import ImageReadError, read_image
from .shared_inferencer import SharedInferencer
from .writers import open_writer


class HOIInferencer(SharedInferencer):
    """Predict the interactions in images, folders, videos and of a camera.

    Arguments are named as those of `mmdet.apis.DetInferencer`. Images are
    seen as a person sees them: with their EXIF orientation, see `read_image`.
    An image that cannot be read does not stop the others.

    Threads may share an inferencer: they read images side by side and predict
    and draw in turn. In a process that was forked it predicts in a single
    thread; on a GPU or compiled it raises `SetupError` there.

    Args:
        model (str | Config, optional): A config, its file, or the name of a
            config of mmhoi (`hoiclip_r50_hico`); or a checkpoint alone.
            Defaults to None: the config that the checkpoint holds, with the
            classes that it carries.
        weights (str, optional): Checkpoint; its rows belong to classes by
            their names, whatever order a class file has now. Without one
            predictions mean nothing; a warning says so. Defaults to None.
        device (str, optional): Defaults to None: a GPU if there is one.
        scope (str): Registry scope. Defaults to `mmhoi`.
        texts (optional): Own interactions instead of the classes of the
            training, see :meth:`set_vocabulary`. Defaults to None.
        show_progress (bool): Whether to show a progress bar. Defaults to
            True.
        amp (bool): Whether to predict in mixed precision: bfloat16 on a CPU,
            float16 on a GPU. Scores and boxes change a little. Defaults to
            False.
        compile (bool): Whether to use `torch.compile`, see
            :func:`mmhoi.models.utils.compile_parts`. Defaults to False.
        font (str, optional): Font file of labels in pictures. Defaults to
            None: that of the config (`visualizer.font`), else DejaVu Sans.
            Letters that it lacks are taken from fonts of the system.

    Raises:
        FileNotFoundError: If config, checkpoint or font do not exist.
        ValueError: If a file is damaged, or the checkpoint is of another
            model or has other classes than the config.

    Attributes:
        dataset_meta (dict): Names of the classes that are predicted.
    """

    def __init__(self,
                 model: Union[str, Config, ConfigDict, None] = None,
                 weights: Optional[str] = None,
                 device: Optional[str] = None,
                 scope: str = 'mmhoi',
                 texts: Any = None,
                 show_progress: bool = True,
                 amp: bool = False,
                 compile: bool = False,
                 font: Optional[str] = None) -> None:
        self.amp = amp
        self.compile = compile
        self.font = font
        check_font(font)
        # Not `register_all_modules`: what training needs takes long to import.
        use_scope(scope)
        check_device(device)
        model, weights = checkpoint_alone(model, weights)
        if isinstance(model, (str, Path)):
            model = read_model_config(str(model))
        super().__init__(
            model=model,
            weights=weights and str(weights),
            device=device,
            scope=scope,
            show_progress=show_progress)
        if texts is not None:
            self.set_vocabulary(texts)

    @staticmethod
    def load_image(image: ImageSource) -> np.ndarray:
        """Read an image as predictions see it, see :func:`read_image`.

        Args:
            image (str | Path | np.ndarray): Path, address or BGR array.

        Returns:
            np.ndarray: BGR, uint8, shape (h, w, 3).

        Raises:
            ImageReadError: If it cannot be read.
        """
        return read_image(image)

    def preprocess(self,
                   images: Iterable[np.ndarray],
                   paths: Iterable[str],
                   entries: Optional[Iterable[dict]] = None) -> dict:
        """Make a batch of images.

        Args:
            images (Iterable[np.ndarray]): B images as `load_image` returns.
            paths (Iterable[str]): Their names, which become `img_path`.
            entries (Iterable[dict], optional): What else the pipeline is
                given of each, see `box_entries`. Defaults to None.

        Returns:
            dict: The input of `model.test_step`.
        """
        return self.collate_fn([
            self.pipeline(
                dict(
                    img=image,
                    img_path=path,
                    img_shape=image.shape[:2],
                    ori_shape=image.shape[:2],
                    **entry))
            for image, path, entry in zip(images, paths, entries or repeat({}))
        ])

    def postprocess(self,
                    preds: Sequence[HOIDataSample],
                    visualization: Sequence[np.ndarray] = (),
                    return_datasamples: bool = False) -> Dict[str, list]:
        """Predictions as they are returned.

        Args:
            preds (Sequence[HOIDataSample]): What `forward` returns.
            visualization (Sequence[np.ndarray]): What `visualize` returns.
                Defaults to ().
            return_datasamples (bool): Whether to leave them as they are.
                Defaults to False: plain dicts, see `sample_to_dict`.

        Returns:
            dict: `predictions` and `visualization`.
        """
        if not return_datasamples:
            preds = [sample_to_dict(x, self.dataset_meta) for x in preds]
        return dict(predictions=list(preds), visualization=list(visualization))

    def stream(self,
               inputs: Any,
               batch_size: int = 1,
               draw: bool = False,
               show: bool = False,
               wait_time: float = 0,
               no_save_vis: bool = False,
               draw_pred: bool = True,
               pred_score_thr: float = 0.3,
               no_save_pred: bool = False,
               out_dir: str = '',
               boxes: Any = None) -> Iterator[HOIResult]:
        """Predict image by image, for collections of any length.

        Results are written as they come; nothing is kept in memory.

        Args:
            inputs (Any): As in :meth:`__call__`, like all arguments that are
                not named here.
            draw (bool): Whether results have a picture. They also have one if
                it is shown or written. Defaults to False.

        Yields:
            HOIResult: For each image, in the order of the inputs.
        """
        if batch_size < 1 or not 0 <= pred_score_thr <= 1:
            raise ValueError(f'batch_size={batch_size} must be at least 1 and '
                             f'pred_score_thr={pred_score_thr} in 0..1')
        source = open_source(inputs)
        if boxes is not None:
            boxes = open_boxes(boxes, source, self.model)
        writer = open_writer(out_dir, source, not no_save_vis,
                             not no_save_pred)
        vis_kwargs = None
        if draw or show or (out_dir and not no_save_vis):
            vis_kwargs = dict(
                show=show,
                wait_time=wait_time,
                draw_pred=draw_pred,
                pred_score_thr=pred_score_thr)
        try:
            for items in read_batches(source, batch_size, self.show_progress):
                for result in self._predict(items, vis_kwargs, boxes):
                    yield writer.write(result)
        finally:
            writer.close()

    def __call__(self,
                 inputs: Any,
                 batch_size: int = 1,
                 return_vis: bool = False,
                 show: bool = False,
                 wait_time: float = 0,
                 no_save_vis: bool = False,
                 draw_pred: bool = True,
                 pred_score_thr: float = 0.3,
                 return_datasamples: bool = False,
                 print_result: bool = False,
                 no_save_pred: bool = False,
                 out_dir: str = '',
                 boxes: Any = None) -> Dict[str, list]:
        """Predict and collect the results.

        Args:
            inputs (Any): A path or http(s) address, an array (BGR, uint8), a
                list of these, a folder, a glob pattern, a video file or the
                number of a camera.
            batch_size (int): Images in one pass. Defaults to 1.
            return_vis (bool): Whether to return the pictures. Defaults to
                False.
            show (bool): Whether to open a window. Defaults to False.
            wait_time (float): Seconds until the window closes; 0 waits for a
                key. Defaults to 0.
            no_save_vis (bool): Whether to write no pictures. Defaults to
                False.
            draw_pred (bool): Whether pictures show the predictions. Defaults
                to True.
            pred_score_thr (float): Smallest confidence, 0..1, of what
                pictures show. Predictions are not thinned out. Defaults to
                0.3.
            return_datasamples (bool): Whether to return `HOIDataSample`
                instead of dicts. Defaults to False.
            print_result (bool): Whether to print each prediction as a line
                of json. Defaults to False.
            no_save_pred (bool): Whether to write no predictions. Defaults to
                False.
            out_dir (str): Folder for `vis/` and `preds/`. Defaults to '':
                nothing is written.
            boxes (Any): Boxes of humans and objects, of which a two-stage
                model makes its pairs: arrays, detections of other libraries,
                or a file, see :func:`mmhoi.apis.box_inputs.open_boxes`.
                Defaults to None: the model finds them.

        Returns:
            dict: `predictions`, a list with an entry for each image in the
            order of the inputs (see `sample_to_dict`; `img_path` and `error`
            for one that could not be read), and `visualization`, a list of
            RGB pictures (None for an unreadable image), empty unless
            `return_vis`.

        Raises:
            ImageReadError: If the only image, the video or the camera cannot
                be read.
            FileNotFoundError: If a folder or pattern has no images.
            FileExistsError: If there are other files in `out_dir` that would
                be replaced. Results of an earlier run are replaced.
            PermissionError: If `out_dir` cannot be written to. A single
                result that cannot be is told by a warning.
            SetupError: If the images lie where results would be written.
            TypeError, ValueError: If `boxes` cannot be used.
        """
        predictions, pictures, errors = [], [], []
        for result in self.stream(
                inputs,
                batch_size=batch_size,
                draw=return_vis,
                show=show,
                wait_time=wait_time,
                no_save_vis=no_save_vis,
                draw_pred=draw_pred,
                pred_score_thr=pred_score_thr,
                no_save_pred=no_save_pred,
                out_dir=out_dir,
                boxes=boxes):
            predictions.append(result.data_sample
                               if return_datasamples else result.prediction)
            if return_vis:
                pictures.append(result.picture)
            if print_result:
                print_json(result.prediction)
            if result.error is not None:
                errors.append(result.error)
        if errors and len(predictions) == 1:
            raise errors[0]
        return dict(predictions=predictions, visualization=pictures)

    def _predict(self, items: List[SourceImage], vis_kwargs: Optional[dict],
                 boxes: Any) -> Iterator[HOIResult]:
        """Results of a batch, also of the images that cannot be read."""
        self.turn.check_process()
        images = [self._try_to_read(item) for item in items]
        readable = [(image, item.path, entry) for image, item, entry in zip(
            images, items, box_entries(boxes, items))
                    if isinstance(image, np.ndarray)]
        samples = iter(())
        with self.turn:
            # Another thread may change them before the results are taken.
            meta = self.dataset_meta
            if readable:
                samples = iter(self.forward(self.preprocess(*zip(*readable))))
        for item, image in zip(items, images):
            if isinstance(image, ImageReadError):
                sample = HOIDataSample(
                    metainfo=dict(img_path=item.path, error=str(image)))
                yield HOIResult(
                    item,
                    sample,
                    dict(img_path=item.path, error=str(image)),
                    error=image)
                continue
            sample = next(samples)
            picture = None
            if vis_kwargs is not None:
                picture, = self.visualize([image], [sample], [item.name], meta,
                                          **vis_kwargs)
            prediction = sample_to_dict(sample, meta)
            yield HOIResult(item, sample, prediction, picture)

    def _try_to_read(self,
                     item: SourceImage) -> Union[np.ndarray, ImageReadError]:
        try:
            if isinstance(item.image, ImageReadError):
                raise item.image
            return self.load_image(item.image)
        except ImageReadError as error:
            print_log(str(error), logger='current', level=logging.WARNING)
            return error
