# Copyright (c) mmhoi contributors.
import logging
import os.path as osp
from typing import Dict, Optional, Sequence

import numpy as np
from mmengine.dist import all_gather_object
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import Runner
from torch.utils.data import Dataset

from mmhoi.datasets.transforms.image_loading import image_loader
from mmhoi.registry import HOOKS
from mmhoi.structures import HOIDataSample
from mmhoi.utils.result_names import picture_name, picture_names
from mmhoi.utils.setup_error import SetupError


@HOOKS.register_module()
class HOIVisualizationHook(Hook):
    """Draw predictions on images while a model is validated or tested.

    Images are read by the transform that the data set reads them with: boxes
    lie where they belong, and a damaged file that it skips is a grey picture
    here; one that cannot be written is told, and the test goes on. Pictures
    of a test are named after the images and keep their folders, so that there
    are as many as images; in a distributed run each process writes its own.

    Args:
        draw (bool): Whether anything is drawn. Defaults to False.
        interval (int): In validation, the first image of every so manieth
            batch is drawn. Defaults to 50.
        score_thr (float): Smallest confidence of what is drawn. Defaults to
            0.3.
        show (bool): Whether to show pictures in a window. Defaults to False.
        wait_time (float): Seconds for which they are shown. Defaults to 0.
        test_out_dir (str, optional): Folder for pictures of a test, below
            <work dir>/<time> unless it is absolute. Defaults to None: they go
            to the backends of the visualizer, as those of validation.
    """

    def __init__(self,
                 draw: bool = False,
                 interval: int = 50,
                 score_thr: float = 0.3,
                 show: bool = False,
                 wait_time: float = 0.,
                 test_out_dir: Optional[str] = None) -> None:
        self.draw = draw
        self.interval = interval
        self.score_thr = score_thr
        self.show = show
        self.wait_time = wait_time
        self.test_out_dir = test_out_dir
        self._names: Dict[str, str] = {}
        self._num_drawn = 0
        # Whether the picture of each image was written.
        self._written: Dict[str, bool] = {}

    def before_test(self, runner: Runner) -> None:
        """Name the pictures.

        Args:
            runner (Runner): Of the test.
        """
        self._num_drawn, self._written = 0, {}
        if self.draw and self.show:
            # What is looked at is not also recorded.
            runner.visualizer._vis_backends = {}
        if self.draw:
            paths = _image_paths(runner.test_dataloader.dataset)
            self._names = dict(zip(paths, picture_names(paths)))

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: dict,
                       outputs: Sequence[HOIDataSample]) -> None:
        """Draw the first image of a batch.

        Args:
            runner (Runner): Of the training.
            batch_idx (int): Number of the batch.
            data_batch (dict): The batch.
            outputs (Sequence[HOIDataSample]): Its predictions.
        """
        if self.draw and batch_idx % self.interval == 0:
            # Named by the batch: the same image again, some steps later.
            self._draw(runner, runner.val_dataloader.dataset, outputs[0],
                       f'val_img_{batch_idx}', None, runner.iter)

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: dict,
                        outputs: Sequence[HOIDataSample]) -> None:
        """Draw all images of a batch.

        Args:
            runner (Runner): Of the test.
            batch_idx (int): Number of the batch.
            data_batch (dict): The batch.
            outputs (Sequence[HOIDataSample]): Its predictions.
        """
        if not self.draw:
            return
        for sample in outputs:
            self._num_drawn += 1
            out_file = None
            if self.test_out_dir is not None:
                path = sample.img_path
                out_file = osp.join(runner.work_dir, runner.timestamp,
                                    self.test_out_dir,
                                    self._names.get(path, picture_name(path)))
            try:
                self._draw(runner, runner.test_dataloader.dataset, sample,
                           'test_img', out_file, self._num_drawn)
                self._written[sample.img_path] = True
            except OSError as error:
                self._written[sample.img_path] = False
                print_log(
                    f'no picture of "{sample.img_path}": {error}',
                    logger='current',
                    level=logging.WARNING)

    def after_test_epoch(self,
                         runner: Runner,
                         metrics: Optional[Dict[str, float]] = None) -> None:
        """Say how many pictures there are.

        Args:
            runner (Runner): Of the test.
            metrics (dict, optional): Not used.
        """
        if self.draw and self.test_out_dir is not None:
            folder = osp.join(runner.work_dir, runner.timestamp,
                              self.test_out_dir)
            written: Dict[str, bool] = {}
            for part in all_gather_object(self._written):
                written.update(part)
            num_pictures = sum(written.values())
            num_lost = len(written) - num_pictures
            print_log(
                f'{num_pictures} pictures in {folder}' +
                (f', {num_lost} could not be drawn or written'
                 if num_lost else ''),
                logger='current')

    def after_test(self, runner: Runner) -> None:
        """End with an error for pictures that are missing, after all else.

        Args:
            runner (Runner): Of the test.

        Raises:
            SetupError: If a picture could not be written.
        """
        lost = [path for path, done in self._written.items() if not done]
        if lost:
            raise SetupError(
                f'all is done but {len(lost)} pictures, which could not be '
                f'written, such as that of "{lost[0]}"')

    def _draw(self, runner: Runner, dataset: Dataset, sample: HOIDataSample,
              name: str, out_file: Optional[str], step: int) -> None:
        """Draw an image and hand the picture on."""
        loaded = image_loader(dataset).transform(
            dict(img_path=sample.img_path, test_mode=True))
        runner.visualizer.add_datasample(
            osp.basename(sample.img_path) if self.show else name,
            np.ascontiguousarray(loaded['img'][..., ::-1]),
            data_sample=sample,
            show=self.show,
            wait_time=self.wait_time,
            pred_score_thr=self.score_thr,
            out_file=out_file,
            step=step)


def _image_paths(dataset: Dataset) -> Sequence[str]:
    """Paths of the images of a data set, each once, in its order."""
    if not hasattr(dataset, 'get_data_info'):
        # None of mmengine's.
        return []
    return list(
        dict.fromkeys(
            dataset.get_data_info(index)['img_path']
            for index in range(len(dataset))))
