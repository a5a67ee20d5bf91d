# Copyright (c) mmhoi contributors.
import textwrap
from typing import List, Optional, Tuple

import cv2
import mmcv
import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from mmdet.visualization import DetLocalVisualizer
from mmengine.dist import master_only
from mmengine.structures import InstanceData

from mmhoi.registry import VISUALIZERS
from mmhoi.structures import HOIDataSample
from .label_layout import place_labels
from .pair_grouping import DrawnPair, group_pairs

# Bright and far from each other, RGB; neighbours in the list differ most.
PERSON_COLORS = ((255, 196, 0), (0, 214, 255), (255, 84, 112), (126, 232, 60),
                 (196, 128, 255), (255, 140, 40), (64, 150, 255),
                 (255, 150, 214), (0, 222, 160), (214, 214, 214))
CAPTION_COLOR = (32, 32, 32)
HALO_COLOR = (24, 24, 24)
DASHES = (0, (3, 1))  # of matplotlib, in line widths
LABEL_WIDTH = 28  # characters


@VISUALIZERS.register_module()
class HOILocalVisualizer(DetLocalVisualizer):
    """Draw persons, objects and what the persons do to them.

    Each pair is two boxes (person solid, object dashed) joined by a line,
    with one label for all its verbs. Each person has a colour, which its
    pairs share. Images are drawn in RGB; small ones are enlarged first so
    that labels can be read.

    The score of a prediction is `scores` = interaction score + object score
    ** 2, which lies in 0..2 and is large for any well-detected object. What
    is shown, and compared with the threshold, is the product of the two:
    how sure the model is of the interaction and of the object.

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
        line_width (float): Width of lines in an image of 768 pixels, points;
            it grows with the image. Defaults to 2.2.
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
        ...     scores=torch.tensor([1.6]), obj_scores=torch.tensor([0.9]))
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
                 line_width: float = 2.2,
                 **kwargs) -> None:
        super().__init__(name, line_width=line_width, **kwargs)
        self.max_pairs = max_pairs
        self.same_sub_iou = same_sub_iou
        self.same_obj_iou = same_obj_iou
        self.min_size = min_size

    @master_only
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

        With both ground truth and predictions to draw, the picture shows the
        former on the left and the latter on the right, with captions.

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

        drawn_img = self._join_panels(panels) if panels else image
        self.set_image(drawn_img)
        if show:
            self.show(drawn_img, win_name=name, wait_time=wait_time)
        if out_file is not None:
            mmcv.imwrite(drawn_img[..., ::-1], out_file)
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
        confidences = hoi_confidences(instances.scores, instances.obj_scores)
        rows = np.flatnonzero(confidences > score_thr)
        return group_pairs(
            instances.sub_bboxes[rows],
            instances.obj_bboxes[rows],
            instances.verb_labels[rows],
            instances.obj_labels[rows],
            confidences[rows],
            same_sub_iou=self.same_sub_iou,
            same_obj_iou=self.same_obj_iou)[:self.max_pairs]

    def _draw_pairs(self, image: np.ndarray,
                    pairs: List[DrawnPair]) -> np.ndarray:
        """Draw pairs on a copy of the image, RGB, enlarged if small."""
        scale = max(self.min_size / max(image.shape[:2]), 1)
        if scale > 1:
            image = cv2.resize(
                image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        self.set_image(image)
        # Weakest first, so that the strongest pair lies on top.
        for pair in reversed(pairs):
            self._draw_boxes(pair, scale)
        if pairs:
            self._draw_labels(pairs, scale)
        return self.get_image()

    def _draw_boxes(self, pair: DrawnPair, scale: float) -> None:
        """Draw the two boxes of a pair and the line between them."""
        bboxes = self._visible_bboxes(pair, scale)
        centers = (bboxes[:, :2] + bboxes[:, 2:]) / 2
        strokes = [(_outline(bbox), style)
                   for bbox, style in zip(bboxes, ('-', DASHES))]
        if len(bboxes) == 2:
            strokes.append((centers[None], '-'))
        width = self.line_width * self._unit
        color = PERSON_COLORS[pair.person % len(PERSON_COLORS)]
        for points, style in strokes:
            # A wider dark line below keeps colours apart from the background.
            # Not draw_bboxes, which bounds the width of lines.
            for layer in (dict(colors=HALO_COLOR, line_widths=1.8 * width),
                          dict(
                              colors=color,
                              line_widths=width,
                              line_styles=[style])):
                self.draw_lines(points[..., 0], points[..., 1], **layer)

    def _draw_labels(self, pairs: List[DrawnPair], scale: float) -> None:
        """Write the verbs, object and score of each pair beside it."""
        texts = [self._label_text(pair) for pair in pairs]
        bboxes = [self._visible_bboxes(pair, scale) for pair in pairs]
        font_size = 11 * self._unit
        pad = 0.25 * font_size
        sizes = np.array([self._text_size(text, font_size)
                          for text in texts]) + 2 * pad
        corners = place_labels(
            sizes, np.array([b.reshape(-1, 2).mean(0) for b in bboxes]),
            np.concatenate(bboxes), (self.width, self.height))
        for pair, text, corner in zip(pairs, texts, corners):
            color = PERSON_COLORS[pair.person % len(PERSON_COLORS)]
            self.draw_texts(
                text,
                corner + pad,
                font_sizes=font_size,
                colors=(0, 0, 0),
                bboxes=dict(
                    facecolor=np.array(color) / 255,
                    alpha=0.85,
                    pad=pad * 72 / self.dpi,
                    edgecolor='none'))

    def _label_text(self, pair: DrawnPair) -> str:
        """`ride, straddle bicycle 0.87`, broken into lines."""
        verbs = self.dataset_meta.get('verb_classes')
        objects = self.dataset_meta.get('classes')
        names = [
            f'verb {v}' if verbs is None else verbs[v]
            for v in pair.verb_labels
        ]
        text = ', '.join(names)
        if objects is None:
            text += f' object {pair.obj_label}'
        elif self._has_object(pair):
            text += f' {objects[pair.obj_label]}'
        if pair.score is not None:
            text += f' {pair.score:.2f}'
        return '\n'.join(textwrap.wrap(text.replace('_', ' '), LABEL_WIDTH))

    def _has_object(self, pair: DrawnPair) -> bool:
        """Whether there is an object: labels past the classes mean none."""
        objects = self.dataset_meta.get('classes')
        return objects is None or pair.obj_label < len(objects)

    def _visible_bboxes(self, pair: DrawnPair, scale: float) -> np.ndarray:
        """Subject and, unless there is none, object box inside the image.

        Returns:
            np.ndarray: xyxy pixels of the drawn image, shape (1 or 2, 4).
        """
        bboxes = np.stack((pair.sub_bbox, pair.obj_bbox)).astype(np.float64)
        if not self._has_object(pair):
            bboxes = bboxes[:1]
        # An inclusive pixel box ends one pixel later.
        bboxes[:, 2:] += 1
        limits = np.array([self.width, self.height] * 2) - 1
        return (bboxes * scale).clip(0, limits)

    @property
    def _unit(self) -> float:
        """float: Size of what is drawn, 1 for an image of 768 pixels."""
        return max(self.width, self.height) / 768

    def _text_size(self, text: str, font_size: float) -> Tuple[float, float]:
        """Width and height of a text of several lines, pixels."""
        pixels = font_size * self.dpi / 72
        font = FontProperties(family='sans-serif', size=pixels)
        lines = text.split('\n')
        width = max(TextToPath().get_text_width_height_descent(
            line, font, ismath=False)[0] for line in lines)
        return width, 1.2 * pixels * len(lines)

    def _join_panels(self, panels: List[Tuple[str, np.ndarray]]) -> np.ndarray:
        """Put pictures side by side, with captions if there are several."""
        if len(panels) == 1:
            return panels[0][1]
        drawn = np.concatenate([picture for _, picture in panels], axis=1)
        width = panels[0][1].shape[1]
        font_size = 12 * max(panels[0][1].shape[:2]) / 768
        height = int(2 * font_size * self.dpi / 72)
        # A picture of its own: rendering a large one once more takes seconds.
        self.set_image(
            np.broadcast_to(
                np.array(CAPTION_COLOR), (height, drawn.shape[1], 3)))
        for i, (caption, _) in enumerate(panels):
            self.draw_texts(
                caption,
                np.array([(i + 0.5) * width, height / 2]),
                font_sizes=font_size,
                colors=(255, 255, 255),
                vertical_alignments='center',
                horizontal_alignments='center')
        return np.concatenate((self.get_image(), drawn))


def hoi_confidences(scores: np.ndarray, obj_scores: np.ndarray) -> np.ndarray:
    """Confidence in 0..1 that a person can read off a picture.

    Args:
        scores (np.ndarray): Interaction score + object score ** 2, by which
            predictions are ranked, shape (K, ).
        obj_scores (np.ndarray): Object scores, 0..1, shape (K, ).

    Returns:
        np.ndarray: Interaction score * object score, shape (K, ).

    Examples:
        >>> hoi_confidences(np.array([1.3, 0.82]), np.array([0.9, 0.9]))
        array([0.441, 0.009])
    """
    return (scores - obj_scores**2).clip(0, 1) * obj_scores


def _outline(bbox: np.ndarray) -> np.ndarray:
    """The four edges of an xyxy box as lines, points of shape (4, 2, 2)."""
    corners = bbox[[[0, 1], [2, 1], [2, 3], [0, 3]]]
    return np.stack((corners, np.roll(corners, -1, axis=0)), axis=1)
