# Copyright (c) mmhoi contributors.
"""Inputs of golden files as our models take them."""
from typing import Any, Dict, List, Optional, Sequence

import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.structures import HOIDataSample

TARGET_FIELDS = ('sub_boxes', 'obj_boxes', 'obj_labels', 'hoi_labels')


def make_sample(batch_shape: Sequence[int],
                img_shape: Sequence[int],
                ori_shape: Sequence[int],
                target: Optional[Dict[str, Tensor]] = None,
                train_ids: Optional[Tensor] = None,
                num_hois: int = 600,
                label_field: str = 'hoi_labels') -> HOIDataSample:
    """One image of a batch with its annotated pairs.

    Args:
        batch_shape (Sequence[int]): Height and width of the padded batch.
        img_shape (Sequence[int]): Height and width of the image in it.
        ori_shape (Sequence[int]): Height and width of the original image.
        target (dict, optional): `sub_boxes`, `obj_boxes` (P, 4) normalised
            cxcywh, `obj_labels` (P, ), and `hoi_labels` (P, T) or
            `verb_labels` (P, V). None: no pairs are stored.
        train_ids (Tensor, optional): Ids of the T HOIs, None for all.
        num_hois (int): Number of all HOIs. Defaults to 600.
        label_field (str): The labels that the target has. Defaults to
            `hoi_labels`.

    Returns:
        HOIDataSample: With pixel boxes and labels of all HOIs.
    """
    sample = HOIDataSample(
        metainfo=dict(
            batch_input_shape=tuple(batch_shape),
            img_shape=tuple(img_shape),
            ori_shape=tuple(ori_shape)))
    if target is None:
        return sample
    height, width = img_shape
    scale = target['sub_boxes'].new_tensor([width, height, width, height])
    labels = target[label_field]
    if train_ids is not None and labels.shape[-1] == len(train_ids):
        every = labels.new_zeros(len(labels), num_hois)
        every[:, train_ids] = labels
        labels = every
    sample.gt_hoi_instances = InstanceData(
        sub_bboxes=bbox_cxcywh_to_xyxy(target['sub_boxes']) * scale,
        obj_bboxes=bbox_cxcywh_to_xyxy(target['obj_boxes']) * scale,
        obj_labels=target['obj_labels'],
        **{label_field: labels.to(target['sub_boxes'])})
    return sample


def golden_inputs(content: Dict[str, Any]) -> Dict[str, Tensor]:
    """The batch: img (B, 3, H, W) and clip_img (B, 3, S, S).

    Args:
        content (dict): A golden file.

    Returns:
        dict[str, Tensor]: Normalised images.
    """
    inputs = content['inputs']
    images = inputs['images'] if 'images' in inputs else inputs['image']
    return dict(img=images, clip_img=inputs['clip_inputs'])


def golden_samples(content: Dict[str, Any],
                   head: torch.nn.Module,
                   empty: Sequence[int] = (),
                   dtype: torch.dtype = torch.float32) -> List[HOIDataSample]:
    """Data samples of the batch.

    Args:
        content (dict): A golden file.
        head (PairHead): Tells the classes.
        empty (Sequence[int]): Images whose pairs are taken away.
        dtype (torch.dtype): Of boxes and HOI labels. Defaults to float32.

    Returns:
        list[HOIDataSample]: With `gt_hoi_instances` if the file has targets.
    """
    inputs = content['inputs']
    batch_shape = tuple(golden_inputs(content)['img'].shape[-2:])
    count = len(inputs['clip_inputs'])
    sizes = inputs.get('image_sizes_hw', [batch_shape] * count)
    originals = inputs.get('orig_sizes', sizes)
    samples = []
    for i in range(count):
        target = None
        if 'targets' in inputs:
            target = {k: inputs['targets'][i][k] for k in TARGET_FIELDS}
            target = {
                name: value.to(dtype) if value.is_floating_point() else value
                for name, value in target.items()
            }
            if i in empty:
                target = {name: value[:0] for name, value in target.items()}
        samples.append(
            make_sample(batch_shape, [int(x) for x in sizes[i]],
                        [int(x) for x in originals[i]], target,
                        head.interaction_classifier.train_ids, head.num_hois))
    return samples
