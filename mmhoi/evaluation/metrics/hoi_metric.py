# Copyright (c) mmhoi contributors.
import logging
import sys
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
import torch
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log

from mmhoi.structures import PairArrays
from mmhoi.utils.output_files import check_place
from ..test_set_check import check_test_set


class HOIMetric(BaseMetric):
    """Base of the metrics of HOI data sets: small arrays of each image once.

    Each image counts once, however a distributed sampler pads or orders the
    images: results are told apart by `img_id` and ranked in its order, so
    that any number of processes gives the same figures.

    A subclass defines `image_arrays`, what to keep of an image, and
    `compute_metrics`, which begins with `unique_images`; perhaps the names of
    its `measures`, too. HOIEvaluator shows it the data set before the first
    image.

    Args:
        **kwargs: `collect_device`, `prefix` and `collect_dir` of
            :class:`mmengine.evaluator.BaseMetric`.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self._dataset_size: Optional[int] = None

    def image_arrays(self, data_sample: dict, img_id: object) -> dict:
        """What the evaluation needs of an image.

        Args:
            data_sample (dict): HOIDataSample as a dict, with
                `gt_hoi_instances` and `pred_hoi_instances`.
            img_id (object): Its `img_id`, for messages.

        Returns:
            dict: Small NumPy arrays.
        """
        raise NotImplementedError

    def measures(self) -> Sequence[str]:
        """Names of the measures that `compute_metrics` gives.

        Returns:
            Sequence[str]: The names, without the prefix; none if they are not
            known before.
        """
        return ()

    def see_dataset(self, dataset: Any) -> None:
        """Refuse at the start what could only be refused at the end.

        Args:
            dataset (Any): The data set that will be evaluated.

        Raises:
            KeyError: If its metainfo lacks a key.
            SetupError: If it cannot be evaluated, or a file of results not
                be written.
        """
        self.measures()
        classwise_file = getattr(self, 'classwise_file', None)
        if classwise_file is not None:
            check_place('`classwise_file` of the metric', classwise_file)
        check_test_set(dataset)

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Keep what the evaluation needs of each image as small arrays.

        Args:
            data_batch (dict): Batch of the data loader, not used.
            data_samples (Sequence[dict]): HOIDataSamples as dicts, with
                `img_id`, `gt_hoi_instances` and `pred_hoi_instances`
                (`sub_bboxes`, `obj_bboxes`, `labels`, `scores`); all boxes
                xyxy in pixels of the original image.

        Raises:
            KeyError: If a data sample or the metainfo lacks a key.
            ValueError: If labels do not fit the data set's classes or
                predictions are not finite.
        """
        for data_sample in data_samples:
            img_id = require(data_sample, 'img_id',
                             'add it to `meta_keys` of PackHOIInputs')
            require(
                data_sample, 'gt_hoi_instances',
                'the test pipeline must contain LoadHOIAnnotations and '
                'PackHOIInputs')
            require(data_sample, 'pred_hoi_instances',
                    'the model must predict with mode="predict"')
            self.results.append(
                dict(
                    self.image_arrays(data_sample, img_id),
                    img_id=img_id,
                    img_path=data_sample.get('img_path')))

    def evaluate(self, size: int) -> dict:
        """Collect the results of all processes and evaluate them.

        Args:
            size (int): Number of images of the data set.

        Returns:
            dict[str, float]: The measures, their names with the prefix.
        """
        self._dataset_size = size
        # The base class would cut the collected list off at `size`, which
        # removes padding only if the processes took the images in turns.
        return super().evaluate(sys.maxsize)

    def unique_images(self, results: List[dict]) -> List[dict]:
        """Results of each image once, ascending by `img_id`.

        Args:
            results (list[dict]): What `process` kept, in any order; an image
                may occur more than once.

        Returns:
            list[dict]: The first result of each image.

        Raises:
            ValueError: If there is no result or two images have the same
                `img_id`.
        """
        images: Dict[object, dict] = {}
        for result in results:
            kept = images.setdefault(result['img_id'], result)
            if kept['img_path'] != result['img_path']:
                raise ValueError(
                    f'img_id {result["img_id"]} stands for two images, '
                    f'{kept["img_path"]} and {result["img_path"]}; evaluate '
                    'data sets with overlapping ids one by one')
        if not images:
            raise ValueError('no image was evaluated; is the data set of the '
                             'test_dataloader empty?')
        if self._dataset_size not in (None, len(images)):
            print_log(
                f'{self.__class__.__name__}: the data set has '
                f'{self._dataset_size} images, but {len(images)} different '
                'ones were evaluated',
                logger='current',
                level=logging.WARNING)
        return [images[img_id] for img_id in sorted(images)]

    def meta(self, key: str) -> Sequence:
        """An entry of the data set's metainfo, KeyError if it is missing."""
        return require(self.dataset_meta or {}, key,
                       'add it to the metainfo of the data set',
                       'the metainfo of the data set')


def require(mapping: dict, key: str, remedy: str, owner: str = '') -> object:
    """An entry of the mapping or a KeyError that says what to do.

    Args:
        mapping (dict): Data sample or metainfo.
        key (str): The wanted key.
        remedy (str): What to do if it is missing.
        owner (str): Name of the mapping. Defaults to '', the data sample of
            its `img_path`.

    Returns:
        object: The entry.

    Raises:
        KeyError: If it is missing.
    """
    if key not in mapping:
        owner = owner or f'the data sample of {mapping.get("img_path")}'
        raise KeyError(f'{owner} lacks "{key}"; {remedy}')
    return mapping[key]


def multi_hot_rows(gt: dict, key: str, num_classes: int, meta_key: str,
                   img_id: object) -> tuple:
    """Pair and class of each label of an image.

    Args:
        gt (dict): `gt_hoi_instances`.
        key (str): Multi-hot labels in it, shape (P, num_classes).
        num_classes (int): Number of classes.
        meta_key (str): Entry of the metainfo with their names, for messages.
        img_id (object): The image, for messages.

    Returns:
        tuple[np.ndarray, np.ndarray]: Pairs and classes, both (G, ), classes
        as int32.

    Raises:
        ValueError: If the labels have another shape.
    """
    labels = to_numpy(gt[key])
    if labels.shape[1:] != (num_classes, ):
        raise ValueError(
            f'`{key}` of image {img_id} have shape {labels.shape}, expected '
            f'(P, {num_classes}) as `{meta_key}` of the metainfo')
    pairs, classes = labels.nonzero()
    return pairs, classes.astype(np.int32)


def predicted_arrays(pred: dict, num_hois: int, img_id: object) -> tuple:
    """Detections of an image.

    Args:
        pred (dict): `pred_hoi_instances`.
        num_hois (int): Number of HOI classes H.
        img_id (object): The image, for messages.

    Returns:
        tuple[np.ndarray]: labels (K, ), sub_bboxes (K, 4), obj_bboxes (K, 4)
        and scores (K, ).

    Raises:
        ValueError: If a label is out of range or a value not finite.
    """
    labels = to_numpy(pred['labels']).astype(np.int32)
    outside = labels[(labels < 0) | (labels >= num_hois)]
    if len(outside):
        raise ValueError(
            f'HOI id {outside[0]} was predicted for image {img_id}, but the '
            f'data set has {num_hois} HOI classes; `num_hois` of the '
            "model's bbox_head must equal the number of `hoi_classes`")
    values = [
        to_numpy(pred[k]) for k in ('sub_bboxes', 'obj_bboxes', 'scores')
    ]
    if not all(np.isfinite(value).all() for value in values):
        raise ValueError(f'predictions for image {img_id} contain NaN or '
                         'infinite values; has the model diverged?')
    return (labels, *values)


def hoi_arrays(data_sample: dict, num_hois: int, img_id: object) -> dict:
    """Pairs of an image, one row for each HOI label.

    Args:
        data_sample (dict): With multi-hot `hoi_labels` in
            `gt_hoi_instances`.
        num_hois (int): Number of HOI classes H.
        img_id (object): Its `img_id`, for messages.

    Returns:
        dict: `gt` (labels, sub_bboxes, obj_bboxes) and `pred` (the same and
        scores).

    Raises:
        ValueError: If labels do not fit the classes or a value is not
            finite.
    """
    gt = data_sample['gt_hoi_instances']
    pairs, labels = multi_hot_rows(gt, 'hoi_labels', num_hois, 'hoi_classes',
                                   img_id)
    return dict(
        gt=(labels, to_numpy(gt['sub_bboxes'])[pairs],
            to_numpy(gt['obj_bboxes'])[pairs]),
        pred=predicted_arrays(data_sample['pred_hoi_instances'], num_hois,
                              img_id))


def to_numpy(values: object) -> np.ndarray:
    """A tensor on any device or an array as float32 NumPy array."""
    return torch.as_tensor(values).detach().float().cpu().numpy()


def join_images(images: Sequence[tuple]) -> PairArrays:
    """Arrays of all images as one set of pairs, images numbered 0..B-1.

    Args:
        images (Sequence[tuple]): (labels, sub_bboxes, obj_bboxes) or, of
            predictions, also scores, of each image.

    Returns:
        PairArrays: The pairs of all images.
    """
    return PairArrays.concatenate([
        PairArrays(np.full(len(labels), i), labels, *values)
        for i, (labels, *values) in enumerate(images)
    ])
