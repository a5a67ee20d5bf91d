# Copyright (c) mmhoi contributors.
from typing import List, Optional

from mmdet.structures import DetDataSample
from mmengine.structures import InstanceData


class HOIDataSample(DetDataSample):
    """One image's annotations and predictions for HOI detection.

    The pairs live in containers of their own because the fields of one
    `InstanceData` share one length: an image has N boxes but P pairs.
    Symbols: N boxes, P annotated pairs, K predictions, V verbs, H HOIs.
    All boxes are 0-based xyxy pixels.

    Fields besides those of `DetDataSample`:

        - gt_instances: bboxes (N, 4) and labels (N, ), the boxes of the
          image whether or not a pair uses them.
        - gt_hoi_instances: sub_bboxes (P, 4), obj_bboxes (P, 4), obj_labels
          (P, ), verb_labels (P, V) and hoi_labels (P, H), the last two
          multi-hot float32. One row per (subject, object) pair. Pixels of
          the input image in training, of the original image in testing.
          A pair without object (V-COCO) has the label O and a zero box.
        - ignored_hoi_instances: sub_bboxes and obj_bboxes (I, 4) of pairs that
          are annotated but of whose labels training knows nothing: a
          zero-shot split withholds them. Pixels of the input image.
        - det_instances: bboxes (N, 4), labels and scores (N, ), what a
          detector has found, for methods that make pairs of given boxes.
          Pixels of the input image.
        - pred_hoi_instances: sub_bboxes (K, 4), obj_bboxes (K, 4) in pixels
          of the original image; labels (HOI id), verb_labels, obj_labels,
          top_obj_labels, scores, confidences, obj_scores and query_inds, all
          (K, ), by falling score. `scores` rank by the rule of the method,
          `confidences` are in 0..1. `obj_labels` is the object of the HOI,
          `top_obj_labels` the most likely one of the boxes.

    Examples:
        >>> import torch
        >>> sample = HOIDataSample(metainfo=dict(img_id=1))
        >>> sample.gt_hoi_instances = InstanceData(
        ...     sub_bboxes=torch.tensor([[0., 0., 10., 20.]]),
        ...     obj_bboxes=torch.tensor([[5., 5., 30., 20.]]),
        ...     obj_labels=torch.tensor([3]))
        >>> len(sample.gt_hoi_instances)
        1
    """

    @property
    def gt_hoi_instances(self) -> InstanceData:
        """InstanceData: The annotated pairs, P rows."""
        return self._gt_hoi_instances

    @gt_hoi_instances.setter
    def gt_hoi_instances(self, value: InstanceData) -> None:
        self.set_field(value, '_gt_hoi_instances', dtype=InstanceData)

    @gt_hoi_instances.deleter
    def gt_hoi_instances(self) -> None:
        del self._gt_hoi_instances

    @property
    def ignored_hoi_instances(self) -> InstanceData:
        """InstanceData: Where annotations are withheld, I rows."""
        return self._ignored_hoi_instances

    @ignored_hoi_instances.setter
    def ignored_hoi_instances(self, value: InstanceData) -> None:
        self.set_field(value, '_ignored_hoi_instances', dtype=InstanceData)

    @ignored_hoi_instances.deleter
    def ignored_hoi_instances(self) -> None:
        del self._ignored_hoi_instances

    @property
    def det_instances(self) -> InstanceData:
        """InstanceData: The boxes of a detector, N rows."""
        return self._det_instances

    @det_instances.setter
    def det_instances(self, value: InstanceData) -> None:
        self.set_field(value, '_det_instances', dtype=InstanceData)

    @det_instances.deleter
    def det_instances(self) -> None:
        del self._det_instances

    @property
    def pred_hoi_instances(self) -> InstanceData:
        """InstanceData: The predicted pairs, K rows."""
        return self._pred_hoi_instances

    @pred_hoi_instances.setter
    def pred_hoi_instances(self, value: InstanceData) -> None:
        self.set_field(value, '_pred_hoi_instances', dtype=InstanceData)

    @pred_hoi_instances.deleter
    def pred_hoi_instances(self) -> None:
        del self._pred_hoi_instances


SampleList = List[HOIDataSample]
OptSampleList = Optional[SampleList]
