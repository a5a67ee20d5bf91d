# Copyright (c) mmhoi contributors.
import csv
from typing import Dict, List, Optional, Tuple

import numpy as np
from mmengine.logging import print_log
from terminaltables import AsciiTable

from mmhoi.label_spaces import load_label_space
from mmhoi.registry import METRICS
from mmhoi.structures import PairArrays, VCOCOGroundTruth
from mmhoi.utils.output_files import check_own_table
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import open_to_write
from ..functional import evaluate_vcoco, evaluate_vcoco_hoia, hoia_detections
from ..functional.vcoco_pairs import (detections_from_pairs,
                                      ground_truth_from_pairs, last_pixels)
from ..vcoco_report import official_report
from .hoi_metric import (HOIMetric, join_images, multi_hot_rows,
                         predicted_arrays, to_numpy)

PERSON_LABEL = 0
MEASURES = 'scenario_1', 'scenario_2', 'agent', 'mAP_all', 'mAP_thesis'


@METRICS.register_module()
class VCOCOMetric(HOIMetric):
    """Mean average precision of V-COCO, in points (0..100).

    Gives `scenario_1` and `scenario_2` (official AP_role over 24 roles, see
    :func:`mmhoi.evaluation.functional.evaluate_vcoco`), `agent` (AP of 26
    actions), and `mAP_all` and `mAP_thesis` (what the HOIA-style evaluators
    of QPIC, GEN-VLKT and HOICLIP print, which is another protocol).

    The annotation comes from data samples, so from a HOIA json. In three ways
    it says less than the official files, with which
    `python -m mmhoi.evaluation --dataset vcoco` evaluates a dump of the
    predictions:

    - In `gt_instances` are all persons. Those that are no subject count as
      persons without label, which the official program ignores together with
      what is detected there. 1 % of V-COCO's persons have a label, but no
      action: detections of them are ignored instead of false. Without
      `gt_instances` no person is ignored, and what is detected there is
      false.
    - Its boxes are [x, y, x + w, y + h]; the official program uses
      x + w - 1, y + h - 1, and `exclusive_ends` does so too.
    - The official program also drops boxes that COCO ignores or of area 0.

    Args:
        exclusive_ends (bool): Whether x2 and y2 of the annotation are the
            first pixels outside of a box, which the official scores shift by
            one. Defaults to True.
        classwise_file (str, optional): CSV file to write with the results of
            each verb-role class, again and again; only such a file is
            replaced.
            Defaults to None.
        **kwargs: `collect_device`, `prefix` and `collect_dir` of
            :class:`mmengine.evaluator.BaseMetric`.
    """

    default_prefix = 'vcoco'

    def __init__(self,
                 exclusive_ends: bool = True,
                 classwise_file: Optional[str] = None,
                 **kwargs) -> None:
        super().__init__(**kwargs)
        self.exclusive_ends = exclusive_ends
        if classwise_file is not None:
            check_own_table(classwise_file, 'verb')
        self.classwise_file = classwise_file
        self.space = load_label_space('vcoco')

    def image_arrays(self, data_sample: dict, img_id: object) -> dict:
        """Interactions, persons and detected pairs of an image.

        Args:
            data_sample (dict): With multi-hot `verb_labels` and `obj_labels`
                in `gt_hoi_instances`, and `gt_instances`.
            img_id (object): Its `img_id`, for messages.

        Returns:
            dict: `gt` (verbs, sub_bboxes, obj_bboxes, NaN without object),
            `obj_labels`, `persons` (their boxes), `pred` (HOI labels,
            sub_bboxes, obj_bboxes, scores) and `top_obj_labels` (predicted
            classes of objects, None if the model does not tell them).
        """
        gt = data_sample['gt_hoi_instances']
        pairs, verbs = multi_hot_rows(gt, 'verb_labels', len(self.space.verbs),
                                      'verb_classes', img_id)
        obj_labels = to_numpy(gt['obj_labels']).astype(np.int32)[pairs]
        obj_bboxes = to_numpy(gt['obj_bboxes'])[pairs]
        obj_bboxes[obj_labels == len(self.space.objects)] = np.nan
        return dict(
            gt=(verbs, to_numpy(gt['sub_bboxes'])[pairs], obj_bboxes),
            obj_labels=obj_labels,
            persons=_person_boxes(data_sample),
            pred=predicted_arrays(data_sample['pred_hoi_instances'],
                                  len(self.space.hoi_verbs), img_id),
            top_obj_labels=_top_obj_labels(data_sample))

    def measures(self) -> Tuple[str, ...]:
        """Names of the means, see the class."""
        for key, names in (('verb_classes', self.space.verbs),
                           ('hoi_classes', self.space.hois)):
            if tuple(self.meta(key)) != names:
                raise SetupError(
                    'VCOCOMetric evaluates V-COCO, but the data set has other '
                    f'`{key}`; use HICODetMetric for own data')
        return MEASURES

    def compute_metrics(self, results: List[dict]) -> Dict[str, float]:
        """Evaluate the collected results.

        Args:
            results (list[dict]): What `process` kept, in any order; an image
                may occur more than once.

        Returns:
            dict[str, float]: `scenario_1`, `scenario_2`, `agent`, `mAP_all`
            and `mAP_thesis` in points (0..100), NaN if nothing is annotated.

        Raises:
            ValueError: If there is no result or two images have the same
                `img_id`.
        """
        images = self.unique_images(results)
        interactions = join_images([image['gt'] for image in images])
        pairs = join_images([image['pred'] for image in images])
        official = evaluate_vcoco(
            self._official_ground_truth(interactions, images),
            detections_from_pairs(pairs))
        tops = [image['top_obj_labels'] for image in images]
        hoia = evaluate_vcoco_hoia(
            interactions,
            np.concatenate([image['obj_labels'] for image in images]),
            *hoia_detections(
                pairs, None if any(x is None
                                   for x in tops) else np.concatenate(tops)))
        report = official_report(official)
        for title, *table in report.tables:
            print_log(
                '\n' + AsciiTable([table[0], *table[1]], title).table,
                logger='current')
        if self.classwise_file is not None:
            self._write_classwise(report.rows)
        metrics = dict(
            scenario_1=official.mean_role_ap(1),
            scenario_2=official.mean_role_ap(2),
            agent=official.mean_agent_ap(),
            **hoia.means())
        return {name: 100 * value for name, value in metrics.items()}

    def _official_ground_truth(self, interactions: PairArrays,
                               images: List[dict]) -> VCOCOGroundTruth:
        """Labelled and other persons as the official program has them."""
        ends = last_pixels if self.exclusive_ends else np.asarray
        persons = [image['persons'] for image in images]
        return ground_truth_from_pairs(
            interactions._replace(
                sub_bboxes=ends(interactions.sub_bboxes),
                obj_bboxes=ends(interactions.obj_bboxes)),
            np.arange(len(images)).repeat([len(boxes) for boxes in persons]),
            ends(np.concatenate(persons)))

    def _write_classwise(self, rows: List[dict]) -> None:
        """Write one line per verb-role class to the CSV file."""
        with open_to_write(self.classwise_file, newline='') as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        print_log(
            f'Results of each class: {self.classwise_file}', logger='current')


def _top_obj_labels(data_sample: dict) -> Optional[np.ndarray]:
    """Object class that is predicted for each pair, (K, ), if it is told."""
    labels = data_sample['pred_hoi_instances'].get('top_obj_labels')
    return None if labels is None else to_numpy(labels).astype(np.int32)


def _person_boxes(data_sample: dict) -> np.ndarray:
    """Boxes of all annotated persons of an image, (N, 4), perhaps none."""
    instances = data_sample.get('gt_instances')
    if instances is None:
        return np.zeros((0, 4), np.float32)
    bboxes = instances['bboxes']
    # mmdet wraps boxes until the data preprocessor has seen them.
    bboxes = to_numpy(getattr(bboxes, 'tensor', bboxes))
    return bboxes[to_numpy(instances['labels']) == PERSON_LABEL]
