# Copyright (c) mmhoi contributors.
import csv
import logging
import sys
from pathlib import Path
from typing import Dict, List, Optional, Sequence

import numpy as np
import torch
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log
from terminaltables import AsciiTable

from mmhoi.label_spaces import unseen_hois
from mmhoi.registry import METRICS
from ..functional import (RECALL_GRIDS, HICODetResult, PairArrays,
                          evaluate_hico_det)


@METRICS.register_module()
class HICODetMetric(BaseMetric):
    """Mean average precision of HICO-DET, official Default setting.

    Gives `full`, `rare` and `non_rare` (mAP in points, 0..100) and `recall`
    (mean over classes of the recall of all detections, 0..100); with a
    zero-shot split also `unseen` and `seen`. The means run over the data
    set's `evaluated_hois`. As in the official program a class without
    annotation counts 0 in a mAP; it is left out of `recall`.

    Each image counts once, however a distributed sampler pads or orders the
    images: results are told apart by `img_id` and ranked in its order, so
    that any number of processes gives the same figures.

    The data set's metainfo must have `hoi_classes` (H names), `rare_hois` and
    `evaluated_hois` (lists of 0-based HOI ids).

    Args:
        zero_shot_split (str, optional): Split whose unseen and seen classes
            are reported, see :func:`mmhoi.label_spaces.unseen_hois`.
            Defaults to None.
        recall_grid (str): `matlab` for the recall thresholds of the official
            program, `numpy` for those of the field's Python evaluators.
            Defaults to 'matlab'.
        classwise_file (str, optional): CSV file to write with the results of
            each class. Defaults to None.
        **kwargs: `collect_device`, `prefix` and `collect_dir` of
            :class:`mmengine.evaluator.BaseMetric`.

    Raises:
        ValueError: If the split or the recall grid is unknown.
    """

    default_prefix = 'hico'

    def __init__(self,
                 zero_shot_split: Optional[str] = None,
                 recall_grid: str = 'matlab',
                 classwise_file: Optional[str] = None,
                 **kwargs) -> None:
        super().__init__(**kwargs)
        if recall_grid not in RECALL_GRIDS:
            raise ValueError(
                f'unknown recall grid "{recall_grid}" (config key '
                f'`recall_grid`); allowed: {", ".join(RECALL_GRIDS)}')
        self.zero_shot_split = zero_shot_split
        self.unseen_hois = unseen_hois(zero_shot_split)
        self.recall_grid = recall_grid
        self.classwise_file = classwise_file
        self._dataset_size: Optional[int] = None

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Keep what the evaluation needs of each image as small arrays.

        Args:
            data_batch (dict): Batch of the data loader, not used.
            data_samples (Sequence[dict]): HOIDataSamples as dicts, with
                `img_id`, `gt_hoi_instances` (`sub_bboxes`, `obj_bboxes` and
                multi-hot `hoi_labels`) and `pred_hoi_instances`
                (`sub_bboxes`, `obj_bboxes`, `labels`, `scores`); all boxes
                xyxy in pixels of the original image.

        Raises:
            KeyError: If a data sample or the metainfo lacks a key.
            ValueError: If labels do not fit the data set's HOI classes or
                predictions are not finite.
        """
        num_hois = len(self._meta('hoi_classes'))
        for data_sample in data_samples:
            img_id = _require(data_sample, 'img_id',
                              'add it to `meta_keys` of PackHOIInputs')
            gt = _require(
                data_sample, 'gt_hoi_instances',
                'the test pipeline must contain LoadHOIAnnotations and '
                'PackHOIInputs')
            pred = _require(data_sample, 'pred_hoi_instances',
                            'the model must predict with mode="predict"')
            self.results.append(
                dict(
                    img_id=img_id,
                    img_path=data_sample.get('img_path'),
                    gt=_gt_arrays(gt, num_hois, img_id),
                    pred=_pred_arrays(pred, num_hois, img_id)))

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

    def compute_metrics(self, results: List[dict]) -> Dict[str, float]:
        """Evaluate the collected results.

        Args:
            results (list[dict]): What `process` kept, in any order; an image
                may occur more than once.

        Returns:
            dict[str, float]: `full`, `rare`, `non_rare`, `recall` and, with a
            zero-shot split, `unseen` and `seen`, in points (0..100). The mean
            of no class is NaN.

        Raises:
            KeyError: If the metainfo lacks a key.
            ValueError: If there is no result or two images have the same
                `img_id`.
        """
        images = self._unique_images(results)
        subsets = self._subsets()
        result = evaluate_hico_det(
            _join([image['gt'] for image in images]),
            _join([image['pred'] for image in images]),
            num_hois=len(self._meta('hoi_classes')),
            recall_grid=self.recall_grid)
        metrics = {
            name: 100 * result.mean_ap(hoi_ids)
            for name, hoi_ids in subsets.items()
        }
        metrics['recall'] = 100 * result.mean_recall(subsets['full'])
        self._log_table(result, subsets)
        if self.classwise_file is not None:
            self._write_classwise(result, subsets)
        return metrics

    def _unique_images(self, results: List[dict]) -> List[dict]:
        """Results of each image once, ascending by `img_id`."""
        images = {}
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

    def _subsets(self) -> Dict[str, np.ndarray]:
        """HOI ids over which each mean AP is taken."""
        full = np.unique(np.asarray(self._meta('evaluated_hois'), dtype=int))
        is_rare = np.isin(full, self._meta('rare_hois'))
        subsets = dict(full=full, rare=full[is_rare], non_rare=full[~is_rare])
        if self.zero_shot_split is not None:
            is_unseen = np.isin(full, self.unseen_hois)
            subsets.update(unseen=full[is_unseen], seen=full[~is_unseen])
        return subsets

    def _meta(self, key: str) -> Sequence:
        """An entry of the data set's metainfo, KeyError if it is missing."""
        return _require(self.dataset_meta or {}, key,
                        'add it to the metainfo of the data set',
                        'the metainfo of the data set')

    def _log_table(self, result: HICODetResult,
                   subsets: Dict[str, np.ndarray]) -> None:
        """Print a row for each subset of classes."""
        rows = [('classes', 'number', 'annotated pairs', 'mAP', 'recall')]
        for name, hoi_ids in subsets.items():
            rows.append((name, len(hoi_ids), result.num_gt[hoi_ids].sum(),
                         f'{100 * result.mean_ap(hoi_ids):.2f}',
                         f'{100 * result.mean_recall(hoi_ids):.2f}'))
        print_log('\n' + AsciiTable(rows).table, logger='current')

    def _write_classwise(self, result: HICODetResult,
                         subsets: Dict[str, np.ndarray]) -> None:
        """Write one line per evaluated class to the CSV file."""
        path = Path(self.classwise_file)
        path.parent.mkdir(parents=True, exist_ok=True)
        names = self._meta('hoi_classes')
        with path.open('w', newline='') as file:
            writer = csv.writer(file)
            writer.writerow(('hoi_id', 'hoi', *list(subsets)[1:], 'num_gt',
                             'num_det', 'ap', 'recall'))
            for hoi in subsets['full']:
                writer.writerow(
                    (hoi, names[hoi], *(int(hoi in ids)
                                        for ids in list(subsets.values())[1:]),
                     result.num_gt[hoi], result.num_det[hoi],
                     f'{100 * result.ap[hoi]:.4f}',
                     f'{100 * result.recall[hoi]:.4f}'))
        print_log(f'Results of each class: {path}', logger='current')


def _require(mapping: dict, key: str, remedy: str, owner: str = '') -> object:
    """An entry of the mapping or a KeyError that says what to do."""
    if key not in mapping:
        owner = owner or f'the data sample of {mapping.get("img_path")}'
        raise KeyError(f'{owner} lacks "{key}"; {remedy}')
    return mapping[key]


def _gt_arrays(gt: dict, num_hois: int, img_id: object) -> tuple:
    """Annotation of an image: labels, sub_bboxes, obj_bboxes.

    A pair with several labels takes as many rows.
    """
    hoi_labels = _to_numpy(gt['hoi_labels'])
    if hoi_labels.shape[1:] != (num_hois, ):
        raise ValueError(
            f'`hoi_labels` of image {img_id} have shape {hoi_labels.shape}, '
            f'expected (P, {num_hois}) as `hoi_classes` of the metainfo')
    pairs, labels = hoi_labels.nonzero()
    return (labels.astype(np.int32), _to_numpy(gt['sub_bboxes'])[pairs],
            _to_numpy(gt['obj_bboxes'])[pairs])


def _pred_arrays(pred: dict, num_hois: int, img_id: object) -> tuple:
    """Detections of an image: labels, sub_bboxes, obj_bboxes, scores."""
    labels = _to_numpy(pred['labels']).astype(np.int32)
    outside = labels[(labels < 0) | (labels >= num_hois)]
    if len(outside):
        raise ValueError(
            f'HOI id {outside[0]} was predicted for image {img_id}, but the '
            f'data set has {num_hois} HOI classes; `num_hois` of the '
            "model's bbox_head must equal the number of `hoi_classes`")
    values = [
        _to_numpy(pred[k]) for k in ('sub_bboxes', 'obj_bboxes', 'scores')
    ]
    if not all(np.isfinite(value).all() for value in values):
        raise ValueError(f'predictions for image {img_id} contain NaN or '
                         'infinite values; has the model diverged?')
    return (labels, *values)


def _to_numpy(values: object) -> np.ndarray:
    """A tensor on any device or an array as float32 NumPy array."""
    return torch.as_tensor(values).detach().float().cpu().numpy()


def _join(images: List[tuple]) -> PairArrays:
    """Arrays of all images as one set of pairs, images numbered 0..B-1."""
    return PairArrays.concatenate([
        PairArrays(np.full(len(labels), i), labels, *values)
        for i, (labels, *values) in enumerate(images)
    ])
