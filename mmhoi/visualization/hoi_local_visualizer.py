# Copyright (c) mmhoi contributors.
import textwrap
from dataclasses import replace
from typing import List, Optional

import cv2
import numpy as np
from mmdet.visualization import DetLocalVisualizer
from mmengine.dist import master_only
from mmengine.structures import InstanceData

from mmhoi.registry import VISUALIZERS
from mmhoi.structures import HOIDataSample
from mmhoi.utils.fonts import check_font
from mmhoi.utils.own_results import write_picture
from .pair_grouping import DrawnPair, group_pairs
from .pair_painter import PairPainter
from .panels import join_panels, size_unit

LABEL_WIDTH = 28  # characters
NO_BREAK = '\u00a0'  # a space at which no line ends
# Thinner pictures get a black margin, in which labels have room.
MIN_SIDE = 256


@VISUALIZERS.register_module()
class HOILocalVisualizer(DetLocalVisualizer):
    """Draw persons, objects and what the persons do to them.

    Each pair is two boxes (person solid, object dashed) joined by a line,
    with one label for all its verbs. Each person has a colour, which its
    pairs share. Images are drawn in RGB; small ones are enlarged first so
    that labels can be read.

    What is shown, and compared with the threshold, is `confidences`, 0..1:
    how sure the model is of the interaction and of the object. `scores` rank
    by the rule of the method, which may lie in 0..2 and be large for any
    well-detected object.

    Args:
        name (str): Name of the instance. Defaults to 'visualizer'.
        max_pairs (int): Most pairs that are drawn of the predictions of an
            image. Defaults to 10.
        same_sub_iou (float): Predicted persons whose boxes overlap more are
            drawn as one. Defaults to 0.8.
        same_obj_iou (float): Predicted objects of a class whose boxes overlap
            more are drawn as one. Defaults to 0.5.
        min_size (int): Images whose longer side has fewer pixels are enlarged
            to it. Defaults to 768.
        line_width (float): Width of lines in an image of 768 pixels, pixels;
            it grows with the image. Defaults to 2.5.
        max_verbs (int): Most verbs in a label; how many more there are is
            said. Defaults to 6.
        font (str, optional): Font file of labels. Letters that it lacks are
            taken from fonts of the system, see :mod:`mmhoi.utils.fonts`.
            Defaults to None: DejaVu Sans.
        **kwargs: `vis_backends`, `save_dir` and the like of
            :class:`mmdet.visualization.DetLocalVisualizer`.

    Examples:
        >>> import torch
        >>> visualizer = HOILocalVisualizer()
        >>> visualizer.dataset_meta = dict(
        ...     classes=['person', 'bicycle'], verb_classes=['ride', 'hold'])
        >>> sample = HOIDataSample()
        >>> sample.pred_hoi_instances = InstanceData(
        ...     sub_bboxes=torch.tensor([[10., 5., 40., 60.]]),
        ...     obj_bboxes=torch.tensor([[5., 30., 60., 70.]]),
        ...     verb_labels=torch.tensor([0]), obj_labels=torch.tensor([1]),
        ...     confidences=torch.tensor([0.7]))
        >>> image = np.zeros((80, 96, 3), np.uint8)
        >>> visualizer.add_datasample('image', image, sample)
        >>> visualizer.get_image().shape
        (640, 768, 3)
    """

    def __init__(self,
                 name: str = 'visualizer',
                 max_pairs: int = 10,
                 same_sub_iou: float = 0.8,
                 same_obj_iou: float = 0.5,
                 min_size: int = 768,
                 line_width: float = 2.5,
                 max_verbs: int = 6,
                 font: Optional[str] = None,
                 **kwargs) -> None:
        super().__init__(name, line_width=line_width, **kwargs)
        self.max_pairs = max_pairs
        self.same_sub_iou = same_sub_iou
        self.same_obj_iou = same_obj_iou
        self.min_size = min_size
        self.max_verbs = max_verbs
        # A bad file is better found now than at the first picture.
        check_font(font)
        self.font = font

    @property
    def dataset_meta(self) -> dict:
        """dict: Names of the classes, in every process of a run."""
        return self._dataset_meta or {}

    @dataset_meta.setter
    def dataset_meta(self, dataset_meta: Optional[dict]) -> None:
        self._dataset_meta = dataset_meta

    @master_only
    def get_image(self) -> np.ndarray:
        """The picture, RGB, with what was drawn on it since.

        Returns:
            np.ndarray: uint8, shape (h, w, 3).
        """
        axes = self.ax_save
        drawn = [*axes.collections, *axes.lines, *axes.patches, *axes.texts]
        # Rendering a large image takes matplotlib seconds.
        if not drawn and len(axes.images) == 1:
            return self._image
        return super().get_image()

    def add_datasample(self,
                       name: str,
                       image: np.ndarray,
                       data_sample: Optional[HOIDataSample] = None,
                       draw_gt: bool = True,
                       draw_pred: bool = True,
                       show: bool = False,
                       wait_time: float = 0,
                       out_file: Optional[str] = None,
                       pred_score_thr: float = 0.3,
                       step: int = 0) -> None:
        """Draw the pairs of an image and hand the picture on.

        In a distributed run every process writes its own `out_file`; the
        window and the backends are the main process's.

        With both ground truth and predictions to draw, the picture shows the
        former on the left (above in wide images) and the latter on the right
        (below), with captions.

        Args:
            name (str): Identifier of the image.
            image (np.ndarray): Image, RGB, uint8, shape (h, w, 3).
            data_sample (HOIDataSample, optional): With `gt_hoi_instances`
                and/or `pred_hoi_instances`, boxes in pixels of the image.
                Defaults to None.
            draw_gt (bool): Whether to draw annotated pairs. Defaults to True.
            draw_pred (bool): Whether to draw predictions. Defaults to True.
            show (bool): Whether to open a window. Defaults to False.
            wait_time (float): Seconds until the window closes; 0 waits for a
                key. Defaults to 0.
            out_file (str, optional): File to write instead of recording the
                picture with the backends. Defaults to None.
            pred_score_thr (float): Smallest confidence (0..1, see the class)
                of a drawn prediction. Defaults to 0.3.
            step (int): Step that backends record. Defaults to 0.
        """
        image = image.clip(0, 255).astype(np.uint8)
        panels = []
        if data_sample is None:
            data_sample = HOIDataSample()
        data_sample = data_sample.cpu().numpy()
        if draw_gt and 'gt_hoi_instances' in data_sample:
            pairs = self._gt_pairs(data_sample.gt_hoi_instances)
            panels.append(('ground truth', self._draw_pairs(image, pairs)))
        if draw_pred and 'pred_hoi_instances' in data_sample:
            pairs = self._pred_pairs(data_sample.pred_hoi_instances,
                                     pred_score_thr)
            panels.append(('prediction', self._draw_pairs(image, pairs)))

        drawn_img = image
        if len(panels) == 1:
            drawn_img = panels[0][1]
        elif panels:
            drawn_img = join_panels(panels, font=self.font)
        self.set_image(drawn_img)
        if show:
            self.show(drawn_img, win_name=name, wait_time=wait_time)
        if out_file is not None:
            write_picture(drawn_img, out_file)
        else:
            self.add_image(name, drawn_img, step)

    def _gt_pairs(self, instances: InstanceData) -> List[DrawnPair]:
        """All annotated pairs."""
        pairs, verbs = instances.verb_labels.nonzero()
        # Annotated boxes are as they are: only identical ones are one.
        return group_pairs(
            instances.sub_bboxes[pairs],
            instances.obj_bboxes[pairs],
            verbs,
            instances.obj_labels[pairs],
            same_sub_iou=0.999,
            same_obj_iou=0.999)

    def _pred_pairs(self, instances: InstanceData,
                    score_thr: float) -> List[DrawnPair]:
        """The best predicted pairs above the threshold."""
        rows = np.flatnonzero(instances.confidences > score_thr)
        return group_pairs(
            instances.sub_bboxes[rows],
            instances.obj_bboxes[rows],
            instances.verb_labels[rows],
            instances.obj_labels[rows],
            instances.confidences[rows],
            same_sub_iou=self.same_sub_iou,
            same_obj_iou=self.same_obj_iou)[:self.max_pairs]

    def _draw_pairs(self, image: np.ndarray,
                    pairs: List[DrawnPair]) -> np.ndarray:
        """Draw pairs on a copy of the image, RGB, enlarged if small."""
        scale = max(self.min_size / max(image.shape[:2]), 1)
        if scale > 1:
            image = cv2.resize(
                image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        height, width = image.shape[:2]
        margin = np.maximum(MIN_SIDE - np.array((height, width)), 0)
        canvas = np.pad(image, ((0, margin[0]), (0, margin[1]), (0, 0)))
        unit = size_unit(canvas)
        painter = PairPainter(canvas, (width, height), unit,
                              self.line_width * unit, self.font)
        painter.draw([self._scale(pair, scale) for pair in pairs],
                     [self._label_text(pair) for pair in pairs])
        return canvas

    def _scale(self, pair: DrawnPair, scale: float) -> DrawnPair:
        """The pair in pixels of the drawn image; without a box of nothing."""
        # An inclusive pixel box ends one pixel later.
        sub_bbox, obj_bbox = ((bbox + np.array([0, 0, 1, 1])) * scale
                              for bbox in (pair.sub_bbox, pair.obj_bbox))
        return replace(
            pair,
            sub_bbox=sub_bbox,
            obj_bbox=obj_bbox if self._has_object(pair) else None)

    def _label_text(self, pair: DrawnPair) -> str:
        """`ride, straddle bicycle 0.87`, broken into lines."""
        verbs = self.dataset_meta.get('verb_classes')
        objects = self.dataset_meta.get('classes')
        names = [
            f'verb {v}' if verbs is None else verbs[v]
            for v in pair.verb_labels
        ]
        if len(names) > self.max_verbs:
            more = len(names) - self.max_verbs
            names[self.max_verbs:] = [f'{more} more']
        text = ', '.join(name.replace(' ', NO_BREAK) for name in names)
        words = []
        if objects is None:
            words.append(f'object {pair.obj_label}')
        elif self._has_object(pair):
            words.append(objects[pair.obj_label])
        if pair.score is not None:
            words.append(f'{pair.score:.2f}')
        text += ' ' + ' '.join(words).replace(' ', NO_BREAK)
        lines = textwrap.wrap(text.replace('_', NO_BREAK), LABEL_WIDTH)
        return '\n'.join(lines).replace(NO_BREAK, ' ')

    def _has_object(self, pair: DrawnPair) -> bool:
        """Whether there is an object: labels past the classes mean none."""
        objects = self.dataset_meta.get('classes')
        return objects is None or pair.obj_label < len(objects)
