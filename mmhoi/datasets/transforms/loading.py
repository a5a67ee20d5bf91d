# Copyright (c) mmhoi contributors.
import numpy as np
from mmcv.transforms import BaseTransform
from mmdet.structures.bbox import HorizontalBoxes

from mmhoi.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadHOIAnnotations(BaseTransform):
    """Load the boxes of an image and the pairs between them.

    Later transforms drop boxes and their `gt_instances_ids` together; pairs
    keep referring to these ids, and `PackHOIInputs` keeps the pairs of which
    both boxes are left.

    Required Keys:

    - instances (list[dict]: bbox, bbox_label, ignore_flag)
    - pairs (list[dict]: sub_id, obj_id, hois, verbs)
    - withheld_pairs (list[dict]: sub_id, obj_id) (optional)
    - ori_shape (if clamp)

    Added Keys:

    - gt_bboxes (HorizontalBoxes[torch.float32]: (N, 4), xyxy pixels)
    - gt_bboxes_labels (np.int64: (N, ))
    - gt_ignore_flags (bool: (N, ))
    - gt_instances_ids (np.int64: (N, ))
    - gt_pairs (list[dict])
    - ignored_pairs (list[dict])

    Args:
        clamp (bool): Whether to clamp the boxes to [0, w] x [0, h] and to
            drop those that are empty then, as official training does.
            Annotations for testing stay raw: use False. Defaults to True.
    """

    def __init__(self, clamp: bool = True) -> None:
        self.clamp = clamp

    def transform(self, results: dict) -> dict:
        """Add the annotations.

        Args:
            results (dict): Item of a `HOIDataset`.

        Returns:
            dict: The same with the added keys.
        """
        instances = results['instances']
        bboxes = np.array([instance['bbox'] for instance in instances],
                          dtype=np.float32).reshape(-1, 4)
        keep = np.ones(len(instances), dtype=bool)
        if self.clamp:
            height, width = results['ori_shape']
            bboxes = bboxes.clip(0, [width, height, width, height])
            bboxes = bboxes.astype(np.float32)
            keep = (bboxes[:, 2:] > bboxes[:, :2]).all(axis=1)
        labels = [instance['bbox_label'] for instance in instances]
        ignore_flags = [instance['ignore_flag'] for instance in instances]
        results['gt_bboxes'] = HorizontalBoxes(bboxes[keep])
        results['gt_bboxes_labels'] = np.array(labels, dtype=np.int64)[keep]
        results['gt_ignore_flags'] = np.array(ignore_flags, dtype=bool)[keep]
        results['gt_instances_ids'] = np.flatnonzero(keep)
        results['gt_pairs'] = results['pairs']
        results['ignored_pairs'] = results.get('withheld_pairs', [])
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(clamp={self.clamp})'
