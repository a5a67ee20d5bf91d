# Copyright (c) mmhoi contributors.
from typing import Tuple

import torch
from mmengine.structures import InstanceData

from mmhoi.registry import TASK_UTILS
from mmhoi.structures import HOIDataSample, PairProposals
from .jitter_pairs import JitterPairSampler


@TASK_UTILS.register_module()
class ObjectImagePairSampler(JitterPairSampler):
    """As JitterPairSampler, and the annotated boxes of images of objects.

    Images in which nobody has looked for interactions (`objects_only`) give no
    pair: their objects are for compositions, as in ATL
    (https://arxiv.org/abs/2104.02867).
    """

    def __call__(
            self, instances: InstanceData,
            data_sample: HOIDataSample) -> Tuple[InstanceData, PairProposals]:
        """Make the pairs of one training image; see the base class."""
        if not data_sample.get('objects_only', False):
            return super().__call__(instances, data_sample)
        annotated = data_sample.gt_instances
        boxes = annotated.bboxes
        chosen = InstanceData(
            bboxes=getattr(boxes, 'tensor', boxes).to(instances.bboxes),
            labels=annotated.labels,
            scores=torch.ones_like(annotated.labels).to(instances.scores))
        nothing = annotated.labels[:0]
        return chosen, PairProposals(chosen.bboxes, chosen.labels,
                                     chosen.scores, nothing, nothing, nothing)
