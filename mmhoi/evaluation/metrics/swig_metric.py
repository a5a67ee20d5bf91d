# Copyright (c) mmhoi contributors.
from typing import Dict, List

import numpy as np
from mmengine.logging import print_log
from terminaltables import AsciiTable

from mmhoi.registry import METRICS
from ..functional.swig import evaluate_swig, swig_subsets
from .hoi_metric import HOIMetric, hoi_arrays, join_images


@METRICS.register_module()
class SWIGMetric(HOIMetric):
    """Mean average precision of SWIG-HOI.

    Gives the mAP in points (0..100) over the evaluated HOIs: `full`, `zero`
    (those that training never sees), `rare`, `non_rare` and `seen`; a class
    without annotation counts 0. See
    :func:`mmhoi.evaluation.functional.swig.evaluate_swig`.

    The data set's metainfo must have `hoi_classes` (H names),
    `hoi_frequencies` (H times 0, 1 or 2) and `evaluated_hois` (ids), as that
    of `SWIGHOIDataset` has.

    Args:
        **kwargs: `collect_device`, `prefix` and `collect_dir` of
            :class:`mmengine.evaluator.BaseMetric`.
    """

    default_prefix = 'swig'

    def image_arrays(self, data_sample: dict, img_id: object) -> dict:
        """Pairs of an image, see :func:`hoi_arrays`."""
        return hoi_arrays(data_sample, len(self.meta('hoi_classes')), img_id)

    def measures(self) -> List[str]:
        """Names of the means, see the class."""
        self.meta('hoi_classes')
        return list(self._subsets())

    def _subsets(self) -> Dict[str, np.ndarray]:
        """HOI ids over which each mean AP is taken."""
        return swig_subsets(
            np.asarray(self.meta('hoi_frequencies')),
            np.asarray(self.meta('evaluated_hois')))

    def compute_metrics(self, results: List[dict]) -> Dict[str, float]:
        """Evaluate the collected results.

        Args:
            results (list[dict]): What `process` kept, in any order; an image
                may occur more than once.

        Returns:
            dict[str, float]: The means, in points. That of no class is NaN.

        Raises:
            KeyError: If the metainfo lacks a key.
            ValueError: If there is no result or two images have the same
                `img_id`.
        """
        images = self.unique_images(results)
        result = evaluate_swig(
            join_images([image['gt'] for image in images]),
            join_images([image['pred'] for image in images]),
            num_hois=len(self.meta('hoi_classes')))
        subsets = self._subsets()
        metrics = {
            name: 100 * result.mean_ap(hoi_ids)
            for name, hoi_ids in subsets.items()
        }
        rows = [('classes', 'number', 'annotated pairs', 'mAP')]
        rows += [(name, len(hoi_ids), result.num_gt[hoi_ids].sum(),
                  f'{metrics[name]:.2f}') for name, hoi_ids in subsets.items()]
        print_log('\n' + AsciiTable(rows).table, logger='current')
        return metrics
