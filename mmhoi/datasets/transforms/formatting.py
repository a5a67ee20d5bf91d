# Copyright (c) mmhoi contributors.
from typing import Sequence, Tuple

import numpy as np
import torch
from mmcv.transforms import BaseTransform
from mmengine.structures import InstanceData

from mmhoi.registry import TRANSFORMS
from mmhoi.structures import HOIDataSample


@TRANSFORMS.register_module()
class PackHOIInputs(BaseTransform):
    """Pack image, CLIP view, boxes and pairs for a HOI detector.

    A pair is kept if both its boxes are left; its rows stay in the order of
    the annotation. Symbols: P pairs, V verbs, H HOIs, O objects.

    Required Keys:

    - img (np.uint8: (H, W, 3), BGR)
    - clip_img (np.uint8: (S, S, 3), BGR) (optional)
    - gt_bboxes, gt_bboxes_labels, gt_ignore_flags (optional)
    - gt_instances_ids, gt_pairs, ignored_pairs (optional)
    - label_space (LabelSpace; with gt_pairs, as `HOIDataset` gives it)

    - det_instances (optional; as `PlaceDetections` gives it)

    Returned Keys:

    - inputs (dict): img (torch.uint8: (3, H, W)) and, if there is a view,
      clip_img (torch.uint8: (3, S, S)).
    - data_samples (HOIDataSample): gt_instances and gt_hoi_instances with
      sub_bboxes, obj_bboxes (P, 4) xyxy pixels, obj_labels (P, ),
      verb_labels (P, V) and hoi_labels (P, H); ignored_hoi_instances with
      sub_bboxes and obj_bboxes alone; det_instances with bboxes (N, 4) xyxy
      pixels, labels (N, ) and scores (N, ) of a detector.

    Args:
        meta_keys (Sequence[str]): Keys that become metainfo if present.
    """

    def __init__(
        self,
        meta_keys: Sequence[str] = ('img_id', 'img_path', 'ori_shape',
                                    'img_shape', 'scale_factor', 'flip',
                                    'flip_direction', 'img_unreadable',
                                    'objects_only')
    ) -> None:
        self.meta_keys = meta_keys

    def transform(self, results: dict) -> dict:
        """Pack the results.

        Args:
            results (dict): Result dict of the pipeline.

        Returns:
            dict: `inputs` and `data_samples`, see the class.
        """
        inputs = {
            key: _channels_first(results[key])
            for key in ('img', 'clip_img') if key in results
        }
        meta = {key: results[key] for key in self.meta_keys if key in results}
        sample = HOIDataSample(metainfo=meta)
        sample.gt_instances, sample.ignored_instances = _pack_boxes(results)
        if 'gt_pairs' in results:
            sample.gt_hoi_instances = _pack_pairs(results)
            sample.ignored_hoi_instances = _pack_ignored(results)
        if 'det_instances' in results:
            arrays = results['det_instances']._asdict()
            arrays['bboxes'] = arrays.pop('boxes')
            sample.det_instances = InstanceData(**{
                name: torch.from_numpy(array)
                for name, array in arrays.items()
            })
        return dict(inputs=inputs, data_samples=sample)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(meta_keys={self.meta_keys})'


def _pack_pairs(results: dict) -> InstanceData:
    """The pairs of which both boxes are left."""
    pairs, sub_rows, obj_rows = _box_rows(results, results['gt_pairs'])
    space = results['label_space']
    boxes = _boxes_and_none(results)
    labels = torch.as_tensor(results['gt_bboxes_labels'])
    labels = torch.cat([labels, labels.new_tensor([len(space.objects)])])
    return InstanceData(
        sub_bboxes=boxes[sub_rows],
        obj_bboxes=boxes[obj_rows],
        obj_labels=labels[obj_rows],
        verb_labels=_multi_hot([pair['verbs'] for pair in pairs],
                               len(space.verbs)),
        hoi_labels=_multi_hot([pair['hois'] for pair in pairs],
                              len(space.hoi_verbs)))


def _pack_ignored(results: dict) -> InstanceData:
    """Where pairs are of which training knows no label."""
    pairs = results.get('ignored_pairs', [])
    _, sub_rows, obj_rows = _box_rows(results, pairs)
    boxes = _boxes_and_none(results)
    return InstanceData(sub_bboxes=boxes[sub_rows], obj_bboxes=boxes[obj_rows])


def _boxes_and_none(results: dict) -> torch.Tensor:
    """Boxes of the image (N, 4); the last row stands for "no object"."""
    boxes = results['gt_bboxes'].tensor
    return torch.cat([boxes, boxes.new_zeros(1, 4)])


def _box_rows(
    results: dict, pairs: Sequence[dict]
) -> Tuple[Sequence[dict], torch.Tensor, torch.Tensor]:
    """Pairs of which both boxes are left, and the rows of these boxes."""
    row_of_id = {
        int(instance_id): row
        for row, instance_id in enumerate(results['gt_instances_ids'])
    }
    # "No object", whose id is -1.
    row_of_id[-1] = len(row_of_id)
    pairs = [
        pair for pair in pairs
        if pair['sub_id'] in row_of_id and pair['obj_id'] in row_of_id
    ]
    return (pairs, _rows([row_of_id[pair['sub_id']] for pair in pairs]),
            _rows([row_of_id[pair['obj_id']] for pair in pairs]))


def _channels_first(image: np.ndarray) -> torch.Tensor:
    """Image (H, W, 3) as a tensor (3, H, W)."""
    if image.flags.c_contiguous:
        # torch permutes faster than numpy.
        return torch.from_numpy(image).permute(2, 0, 1).contiguous()
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))


def _pack_boxes(results: dict) -> Tuple[InstanceData, InstanceData]:
    """Boxes that count, and boxes to be ignored."""
    packed = {
        name:
        torch.as_tensor(results[key])
        if isinstance(results[key], np.ndarray) else results[key]
        for key, name in (('gt_bboxes', 'bboxes'),
                          ('gt_bboxes_labels', 'labels')) if key in results
    }
    boxes = InstanceData(**packed)
    if 'gt_ignore_flags' not in results:
        return boxes, InstanceData()
    ignored = torch.as_tensor(results['gt_ignore_flags'], dtype=torch.bool)
    return boxes[~ignored], boxes[ignored]


def _rows(indices: Sequence[int]) -> torch.Tensor:
    """Index tensor of shape (P, ), also for P = 0."""
    return torch.tensor(indices, dtype=torch.long)


def _multi_hot(ids: Sequence[Sequence[int]], num_classes: int) -> torch.Tensor:
    """Float tensor of shape (P, num_classes) with 1 at the given ids."""
    labels = torch.zeros(len(ids), num_classes)
    for row, row_ids in enumerate(ids):
        labels[row, row_ids] = 1
    return labels
