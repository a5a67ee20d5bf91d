# Copyright (c) mmhoi contributors.
import csv
from typing import Dict, List, Optional

import numpy as np
from mmengine.logging import print_log
from terminaltables import AsciiTable

from mmhoi.label_spaces import load_label_space
from mmhoi.registry import METRICS
from mmhoi.utils.output_files import check_own_table
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import open_to_write
from ..functional import RECALL_GRIDS, HICODetResult, evaluate_hico_det
from .hoi_metric import HOIMetric, hoi_arrays, join_images


@METRICS.register_module()
class HICODetMetric(HOIMetric):
    """Mean average precision of HICO-DET, official Default setting.

    Gives `full`, `rare` and `non_rare` (mAP in points, 0..100) and `recall`
    (mean over classes of the recall of all detections, 0..100); with a
    zero-shot split also `unseen` and `seen`. The means run over the data
    set's `evaluated_hois`. As in the official program a class without
    annotation counts 0 in a mAP; it is left out of `recall`. If no HOI of the
    data set is rare, `rare` and `non_rare` are left out.

    The data set's metainfo must have `hoi_classes` (H names), `rare_hois` and
    `evaluated_hois` (lists of 0-based HOI ids). For HOIs without object, whose
    entry in `hoi_to_object` is the number of `classes`, only the subject's
    box has to fit.

    Args:
        zero_shot_split (str, optional): Split whose unseen and seen classes
            are reported, see :meth:`LabelSpace.unseen_hois`. It is one of
            HICO-DET, whose HOIs the data set must have. Defaults to None.
        recall_grid (str): `matlab` for the recall thresholds of the official
            program, `numpy` for those of the field's Python evaluators.
            Defaults to 'matlab'.
        classwise_file (str, optional): CSV file to write with the results of
            each class, again and again; only such a file is replaced.
            Defaults to None.
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
        self.unseen_hois = load_label_space('hico_det').unseen_hois(
            zero_shot_split)
        self.recall_grid = recall_grid
        if classwise_file is not None:
            check_own_table(classwise_file, 'hoi_id')
        self.classwise_file = classwise_file

    def image_arrays(self, data_sample: dict, img_id: object) -> dict:
        """Pairs of an image, see :func:`hoi_arrays`."""
        arrays = hoi_arrays(data_sample, len(self.meta('hoi_classes')), img_id)
        no_object = self._hois_without_object()
        if len(no_object):
            arrays = {
                name: _subject_only(*values, no_object=no_object)
                for name, values in arrays.items()
            }
        return arrays

    def measures(self) -> List[str]:
        """Names of the means, see the class."""
        self.meta('hoi_classes')
        return [*self._subsets(), 'recall']

    def compute_metrics(self, results: List[dict]) -> Dict[str, float]:
        """Evaluate the collected results.

        Args:
            results (list[dict]): What `process` kept, in any order; an image
                may occur more than once.

        Returns:
            dict[str, float]: `full`, `recall`, with rare HOIs `rare` and
            `non_rare`, with a zero-shot split `unseen` and `seen`, in points
            (0..100). The mean of no class is NaN.

        Raises:
            KeyError: If the metainfo lacks a key.
            ValueError: If there is no result or two images have the same
                `img_id`.
        """
        images = self.unique_images(results)
        subsets = self._subsets()
        result = evaluate_hico_det(
            join_images([image['gt'] for image in images]),
            join_images([image['pred'] for image in images]),
            num_hois=len(self.meta('hoi_classes')),
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

    def _subsets(self) -> Dict[str, np.ndarray]:
        """HOI ids over which each mean AP is taken."""
        full = np.unique(np.asarray(self.meta('evaluated_hois'), dtype=int))
        subsets = dict(full=full)
        if len(self.meta('rare_hois')):
            is_rare = np.isin(full, self.meta('rare_hois'))
            subsets.update(rare=full[is_rare], non_rare=full[~is_rare])
        if self.zero_shot_split is not None:
            if tuple(self.meta('hoi_classes')) != load_label_space(
                    'hico_det').hois:
                raise SetupError(
                    f'zero_shot_split="{self.zero_shot_split}" of the metric '
                    'is a split of HICO-DET, but the data set has other HOI '
                    'classes; set it to None')
            is_unseen = np.isin(full, self.unseen_hois)
            subsets.update(unseen=full[is_unseen], seen=full[~is_unseen])
        return subsets

    def _hois_without_object(self) -> np.ndarray:
        """Ids of the HOIs without object."""
        if 'hoi_to_object' not in self.dataset_meta:
            return np.zeros(0, int)
        objects = np.asarray(self.meta('hoi_to_object'))
        return np.flatnonzero(objects == len(self.meta('classes')))

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
        names = self.meta('hoi_classes')
        with open_to_write(self.classwise_file, newline='') as file:
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
        print_log(
            f'Results of each class: {self.classwise_file}', logger='current')


def _subject_only(labels: np.ndarray, sub_bboxes: np.ndarray,
                  obj_bboxes: np.ndarray, *scores: np.ndarray,
                  no_object: np.ndarray) -> tuple:
    """Pairs in which the subject stands for an absent object as well."""
    absent = np.isin(labels, no_object)[:, None]
    return (labels, sub_bboxes, np.where(absent, sub_bboxes,
                                         obj_bboxes), *scores)
