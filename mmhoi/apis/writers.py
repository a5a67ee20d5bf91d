# Copyright (c) mmhoi contributors.
"""Where results go as they come, so that an interrupted run keeps them."""
import json
import os
import os.path as osp
from typing import Dict, Optional

import cv2
import mmcv
import numpy as np

from mmhoi.utils.frame_sequence import FrameSequence
from mmhoi.utils.run_config import check_writable
from mmhoi.utils.source_image import SourceImage


class ImageWriter:
    """Writes `vis/<image name>` and `preds/<image name>.json`.

    Args:
        out_dir (str): Folder of the results.
        save_vis (bool): Whether pictures are written.
        save_pred (bool): Whether predictions are written.

    Raises:
        PermissionError: If nothing can be written to the folder.
    """

    def __init__(self, out_dir: str, save_vis: bool, save_pred: bool) -> None:
        self.out_dir = out_dir
        self.save_vis = save_vis
        self.save_pred = save_pred
        for wanted, name in (save_vis, 'vis'), (save_pred, 'preds'):
            if wanted:
                check_writable(osp.join(out_dir, name), 'out_dir / --out-dir')

    def write(self, item: SourceImage, prediction: Optional[Dict],
              picture: Optional[np.ndarray]) -> None:
        """Write what there is of an image.

        Args:
            item (SourceImage): The image.
            prediction (dict, optional): Its predictions or error.
            picture (np.ndarray, optional): RGB picture, None if it could not
                be read.
        """
        if self.save_vis and picture is not None:
            mmcv.imwrite(picture[..., ::-1],
                         osp.join(self.out_dir, 'vis', item.name))
        if self.save_pred and prediction is not None:
            path = osp.join(self.out_dir, 'preds',
                            osp.splitext(item.name)[0] + '.json')
            with open(path, 'w', encoding='utf-8') as file:
                json.dump(prediction, file, ensure_ascii=False, indent=1)

    def close(self) -> None:
        """Nothing is open."""


class VideoWriter:
    """Writes `vis/<video>.mp4` and `preds/<video>.jsonl`, frame by frame.

    A line of the latter is a frame and is on disk before the next one is
    looked at.

    Args:
        out_dir (str): Folder of the results.
        video (FrameSequence): What is predicted on.
        save_vis (bool): Whether pictures are written.
        save_pred (bool): Whether predictions are written.

    Raises:
        PermissionError: If nothing can be written to the folder.
    """

    def __init__(self, out_dir: str, video: FrameSequence, save_vis: bool,
                 save_pred: bool) -> None:
        self.fps = video.fps
        self.video: Optional[cv2.VideoWriter] = None
        self.lines = None
        self.video_path = None
        if save_vis:
            folder = osp.join(out_dir, 'vis')
            check_writable(folder, 'out_dir / --out-dir')
            self.video_path = osp.join(folder, f'{video.name}.mp4')
        if save_pred:
            folder = osp.join(out_dir, 'preds')
            check_writable(folder, 'out_dir / --out-dir')
            self.lines = open(
                osp.join(folder, f'{video.name}.jsonl'), 'w', encoding='utf-8')

    def write(self, item: SourceImage, prediction: Optional[Dict],
              picture: Optional[np.ndarray]) -> None:
        """Write a frame; arguments as in :class:`ImageWriter`."""
        if self.video_path is not None and picture is not None:
            height, width = picture.shape[:2]
            if self.video is None:
                self.video = cv2.VideoWriter(self.video_path,
                                             cv2.VideoWriter_fourcc(*'mp4v'),
                                             self.fps, (width, height))
            self.video.write(np.ascontiguousarray(picture[..., ::-1]))
        if self.lines is not None and prediction is not None:
            json.dump(prediction, self.lines, ensure_ascii=False)
            self.lines.write('\n')
            self.lines.flush()
            os.fsync(self.lines.fileno())

    def close(self) -> None:
        """Finish the files; they can be used also after an interruption."""
        if self.video is not None:
            self.video.release()
        if self.lines is not None:
            self.lines.close()
