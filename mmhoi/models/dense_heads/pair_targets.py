# Copyright (c) mmhoi contributors.
from typing import Dict, Optional

import torch
from mmdet.models.task_modules.assigners import BaseAssigner
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.structures import SampleList


def box_scale(img_shape: tuple, like: Tensor) -> Tensor:
    """Factor from a normalised to a pixel box of any format.

    Args:
        img_shape (tuple): Height and width of the image in pixels.
        like (Tensor): Gives data type and device.

    Returns:
        Tensor: Width, height, width, height, shape (4, ).
    """
    height, width = img_shape[:2]
    return like.new_tensor([width, height, width, height])


def pair_targets(outputs: Dict[str, Tensor],
                 batch_data_samples: SampleList,
                 assigner: BaseAssigner,
                 train_ids: Optional[Tensor] = None) -> Dict[str, Tensor]:
    """Match predicted to annotated pairs and build the training targets.

    Symbols: B images, Q queries, O objects, T HOIs that training sees, M
    matched queries of the batch, ordered by image and query.

    Args:
        outputs (dict): hoi_logits (B, Q, T), obj_logits (B, Q, O + 1),
            sub_bboxes, obj_bboxes (B, Q, 4) normalised cxcywh.
        batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.
        assigner (BaseAssigner): Matches the pairs of one image.
        train_ids (Tensor, optional): Ids of the T HOIs, None for all.

    Returns:
        dict: hoi_labels (B, Q, T), obj_labels (B, Q), background where
        unmatched; matched: mask (B, Q); sub_bboxes, obj_bboxes (M, 4) xyxy in
        input-image pixels; scale (M, 4), see `box_scale`; num_pairs: number
        of annotated pairs, a scalar.
    """
    hoi_labels = torch.zeros_like(outputs['hoi_logits'])
    batch, num_queries, num_classes = outputs['obj_logits'].shape
    obj_labels = hoi_labels.new_full((batch, num_queries),
                                     num_classes - 1,
                                     dtype=torch.long)
    matched = torch.zeros_like(obj_labels, dtype=torch.bool)
    boxes = dict(sub_bboxes=[], obj_bboxes=[], scale=[])
    for i, sample in enumerate(batch_data_samples):
        pairs = _training_pairs(sample.gt_hoi_instances, train_ids)
        single = {name: value[i] for name, value in outputs.items()}
        pair_inds = _assign(assigner, single, pairs, sample.metainfo)
        matched[i] = pair_inds >= 0
        picked = pairs[pair_inds[matched[i]]]
        hoi_labels[i, matched[i]] = picked.hoi_labels.to(hoi_labels)
        obj_labels[i, matched[i]] = picked.obj_labels
        boxes['sub_bboxes'].append(picked.sub_bboxes)
        boxes['obj_bboxes'].append(picked.obj_bboxes)
        scale = box_scale(sample.img_shape, picked.sub_bboxes)
        boxes['scale'].append(scale.expand(len(picked), 4))
    num_pairs = sum(
        len(sample.gt_hoi_instances) for sample in batch_data_samples)
    return dict(
        hoi_labels=hoi_labels,
        obj_labels=obj_labels,
        matched=matched,
        num_pairs=hoi_labels.new_tensor(float(num_pairs)),
        **{
            name: torch.cat(value)
            for name, value in boxes.items()
        })


@torch.no_grad()
def _assign(assigner: BaseAssigner, outputs: Dict[str, Tensor],
            pairs: InstanceData, img_meta: dict) -> Tensor:
    """0-based pair index of every query of one image, -1 for none, (Q, )."""
    scale = box_scale(img_meta['img_shape'], outputs['sub_bboxes'])
    pred = InstanceData(
        hoi_logits=outputs['hoi_logits'],
        obj_logits=outputs['obj_logits'],
        sub_bboxes=bbox_cxcywh_to_xyxy(outputs['sub_bboxes']) * scale,
        obj_bboxes=bbox_cxcywh_to_xyxy(outputs['obj_bboxes']) * scale)
    return assigner.assign(pred, pairs, img_meta).gt_inds - 1


def _training_pairs(pairs: InstanceData,
                    train_ids: Optional[Tensor]) -> InstanceData:
    """The annotated pairs with labels of the T training classes only."""
    labels = pairs.hoi_labels
    if train_ids is not None:
        labels = labels[:, train_ids.to(labels.device)]
    return InstanceData(
        sub_bboxes=pairs.sub_bboxes,
        obj_bboxes=pairs.obj_bboxes,
        obj_labels=pairs.obj_labels,
        hoi_labels=labels)
