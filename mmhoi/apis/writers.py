# Copyright (c) mmhoi contributors.
"""Where results go as they come, so that an interrupted run keeps them."""
import errno
import json
import logging
import os
import os.path as osp
from dataclasses import replace
from typing import (Any, BinaryIO, Callable, Dict, Iterable, Optional,
                    Sequence, Union)

import cv2
import numpy as np
from mmengine.logging import print_log

from mmhoi.utils.frame_sequence import FrameSequence
from mmhoi.utils.image_sources import ImageList
from mmhoi.utils.output_files import check_out_folder
from mmhoi.utils.own_results import (check_folder, check_replaceable,
                                     mark_file, write_picture)
from mmhoi.utils.run_config import check_writable
from mmhoi.utils.text_files import ERRORS, write_json
from .hoi_result import HOIResult

OPTION = 'out_dir / --out-dir'


def open_writer(out_dir: str, source: Union[ImageList, FrameSequence],
                save_vis: bool, save_pred: bool) -> 'ResultWriter':
    """What writes the results of a source.

    Results of an earlier run are replaced, other files never.

    Args:
        out_dir (str): Folder of the results; '' writes nothing.
        source (ImageList | FrameSequence): What is predicted on.
        save_vis (bool): Whether pictures are written.
        save_pred (bool): Whether predictions are written.

    Returns:
        ResultWriter: The writer.

    Raises:
        FileExistsError: If other files would be replaced.
        PermissionError: If nothing can be written to the folder.
        SetupError: If the inputs lie where the results go.
    """
    if not out_dir:
        return ResultWriter()
    chosen = VideoWriter if source.is_video else ImageWriter
    return chosen(out_dir, source, save_vis, save_pred)


class ResultWriter:
    """Writes nothing; what the others have in common."""

    def write(self, result: HOIResult) -> HOIResult:
        """Write what there is of an image.

        Args:
            result (HOIResult): The result.

        Returns:
            HOIResult: The same, with what could not be written. That is also
            logged, and does not stop the other results.
        """
        return result

    def close(self) -> None:
        """Finish the files; they can be used also after an interruption."""

    @staticmethod
    def _tried(result: HOIResult, path: str,
               write: Callable[[], None]) -> HOIResult:
        """The result after something of it was written, or not."""
        problem = _try(path, write)
        if problem is None:
            return result
        return replace(result, not_written=(*result.not_written, problem))


class ImageWriter(ResultWriter):
    """Writes `vis/<image name>` and `preds/<image name>.json`.

    Args:
        out_dir (str): Folder of the results.
        source (ImageList): What is predicted on.
        save_vis (bool): Whether pictures are written.
        save_pred (bool): Whether predictions are written.
    """

    def __init__(self, out_dir: str, source: ImageList, save_vis: bool,
                 save_pred: bool) -> None:
        self.vis_dir = self.pred_dir = None
        # Only paths are looked at; arrays stay where they are.
        names = [item.name for item in source]
        if save_vis:
            self.vis_dir = _folder(out_dir, 'vis', names, source.images)
        if save_pred:
            self.pred_dir = _folder(out_dir, 'preds', map(_json_name, names),
                                    source.images)

    def write(self, result: HOIResult) -> HOIResult:
        """See :meth:`ResultWriter.write`."""
        name, picture = result.source.name, result.picture
        if self.vis_dir is not None and picture is not None:
            path = osp.join(self.vis_dir, name)
            result = self._tried(result, path,
                                 lambda: write_picture(picture, path))
        if self.pred_dir is not None and result.prediction is not None:
            file = osp.join(self.pred_dir, _json_name(name))
            prediction = result.prediction
            result = self._tried(result, file,
                                 lambda: _write_prediction(file, prediction))
        return result


class VideoWriter(ResultWriter):
    """Writes `vis/<video>.mp4` and `preds/<video>.jsonl`, frame by frame.

    A line of the latter is a frame and is on disk before the next one is
    looked at. If one of the files cannot be written any more, the other goes
    on. Frames of another size are drawn at that of the first one.

    Args:
        out_dir (str): Folder of the results.
        video (FrameSequence): What is predicted on.
        save_vis (bool): Whether pictures are written.
        save_pred (bool): Whether predictions are written.
    """

    def __init__(self, out_dir: str, video: FrameSequence, save_vis: bool,
                 save_pred: bool) -> None:
        self.fps = video.fps
        self.video: Optional[cv2.VideoWriter] = None
        self.size, self.tells_size = (0, 0), True
        self.lines: Optional[BinaryIO] = None
        self.video_path = self.lines_path = None
        if save_vis:
            name = f'{video.name}.mp4'
            self.video_path = osp.join(
                _folder(out_dir, 'vis', [name], [video.source]), name)
        if save_pred:
            name = f'{video.name}.jsonl'
            self.lines_path = osp.join(
                _folder(out_dir, 'preds', [name], [video.source]), name)
            self.lines = open(self.lines_path, 'wb', buffering=0)

    def write(self, result: HOIResult) -> HOIResult:
        """See :meth:`ResultWriter.write`."""
        picture, prediction = result.picture, result.prediction
        known = len(result.not_written)
        if self.video_path is not None and picture is not None:
            result = self._tried(result, self.video_path,
                                 lambda: self._draw(picture))
            if len(result.not_written) > known:
                self.video_path = None
        known = len(result.not_written)
        if self.lines is not None and prediction is not None:
            result = self._tried(result, self.lines_path,
                                 lambda: self._add_line(prediction))
            if len(result.not_written) > known:
                self.lines = None
        return result

    def _draw(self, picture: np.ndarray) -> None:
        height, width = picture.shape[:2]
        if self.video is None:
            self.video = cv2.VideoWriter(self.video_path,
                                         cv2.VideoWriter_fourcc(*'mp4v'),
                                         self.fps, (width, height))
            if not self.video.isOpened():
                raise OSError('OpenCV cannot make a video there')
            self.size = width, height
        if (width, height) != self.size:
            # A video has one size; OpenCV drops other frames without a word.
            self._tell_size(width, height)
            picture = cv2.resize(picture, self.size)
        self.video.write(np.ascontiguousarray(picture[..., ::-1]))

    def _tell_size(self, width: int, height: int) -> None:
        """Say once that frames are made fit."""
        if not self.tells_size:
            return
        self.tells_size = False
        print_log(
            f'{self.video_path}: frames of {width} x {height} pixels are '
            f'drawn at the size of the first one, '
            f'{" x ".join(map(str, self.size))}; predictions keep their own '
            'pixels',
            logger='current',
            level=logging.WARNING)

    def _add_line(self, prediction: Dict) -> None:
        """Write a line, or nothing of it."""
        text = json.dumps(prediction, ensure_ascii=False) + '\n'
        content = text.encode('utf-8', ERRORS)
        end = self.lines.tell()
        if self.lines.write(content) < len(content):
            self.lines.truncate(end)
            raise OSError(errno.ENOSPC, 'no space is left')
        os.fsync(self.lines.fileno())

    def close(self) -> None:
        """See :meth:`ResultWriter.close`."""
        if self.video is not None:
            self.video.release()
            if self.video_path is not None:
                _try(self.video_path, lambda: mark_file(self.video_path))
        if self.lines is not None:
            self.lines.close()


def _folder(out_dir: str, name: str, files: Iterable[str],
            inputs: Sequence[Any]) -> str:
    """A folder of results that replaces none of the files."""
    folder = osp.join(out_dir, name)
    check_out_folder(OPTION, folder, inputs)
    check_writable(folder, OPTION)
    check_folder(folder, files, OPTION)
    return folder


def _json_name(name: str) -> str:
    return osp.splitext(name)[0] + '.json'


def _write_prediction(path: str, prediction: Dict) -> None:
    check_replaceable(path)
    write_json(path, prediction, indent=1)


def _try(path: str, write: Callable[[], None]) -> Optional[str]:
    """Write something; what is told and returned if that fails."""
    try:
        write()
    except OSError as error:
        problem = f'{path}: {error.strerror or error}'
        print_log(
            f'not written: {problem}', logger='current', level=logging.WARNING)
        return problem
    return None
