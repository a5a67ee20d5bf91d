# Copyright (c) mmhoi contributors.
from typing import Dict, List

import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmengine.structures import InstanceData
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from mmhoi.structures import SampleList
from ..task_modules.assigners import HOIHungarianAssigner
from ..task_modules.assigners.hoi_match_cost import box_scale
from .interactions.base import InteractionClassifier


def pair_targets(outputs: Dict[str, Tensor], batch_data_samples: SampleList,
                 assigner: HOIHungarianAssigner,
                 classifier: InteractionClassifier) -> List[Dict[str, Tensor]]:
    """Match predicted to annotated pairs and build the training targets.

    Symbols: L layers, B images, Q queries, O objects, T interaction classes
    that training sees, M matched queries of a layer, ordered by image and
    query.

    Args:
        outputs (dict): interaction_logits (L, B, Q, T), obj_logits
            (L, B, Q, O + 1), sub_bboxes, obj_bboxes (L, B, Q, 4) normalised
            cxcywh; and whatever else match costs look at.
        batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.
        assigner (HOIHungarianAssigner): Matches the pairs.
        classifier (InteractionClassifier): Knows the T classes.

    Returns:
        list[dict]: For each layer interaction_labels (B, Q, T), obj_labels
        (B, Q), background where unmatched; matched: mask (B, Q); sub_bboxes,
        obj_bboxes (M, 4) xyxy in input-image pixels; scale (M, 4), see
        `box_scale`; num_pairs: number of annotated pairs, a scalar.
    """
    pairs = _padded_pairs(batch_data_samples, classifier)
    num_pairs = [len(s.gt_hoi_instances) for s in batch_data_samples]
    shapes = torch.tensor([s.img_shape[:2] for s in batch_data_samples])
    img_shape = shapes[:, :1], shapes[:, 1:]
    scale = box_scale(img_shape, outputs['sub_bboxes'])
    layers = len(outputs['sub_bboxes'])
    pair_inds = assigner.assign_batch(
        InstanceData(
            **{
                name:
                bbox_cxcywh_to_xyxy(value) *
                scale if name.endswith('bboxes') else value
                for name, value in outputs.items()
            }),
        InstanceData(
            **{
                name: value.expand(layers, *value.shape)
                for name, value in pairs.items()
            }), num_pairs, dict(img_shape=img_shape))
    background = outputs['obj_logits'].size(-1) - 1
    count = outputs['sub_bboxes'].new_tensor(float(sum(num_pairs)))
    return [
        dict(_layer_targets(inds, pairs, scale, background), num_pairs=count)
        for inds in pair_inds
    ]


def _layer_targets(pair_inds: Tensor, pairs: Dict[str, Tensor], scale: Tensor,
                   background: int) -> Dict[str, Tensor]:
    """Targets of one layer from the pair (B, Q) of each query."""
    matched = pair_inds >= 0
    images = matched.nonzero()[:, 0]
    picked = {
        name: value[images, pair_inds[matched]]
        for name, value in pairs.items()
    }
    labels = scale.new_zeros(*pair_inds.shape,
                             pairs['interaction_labels'].size(-1))
    labels[matched] = picked['interaction_labels'].to(labels)
    obj_labels = torch.full_like(pair_inds, background)
    obj_labels[matched] = picked['obj_labels']
    return dict(
        interaction_labels=labels,
        obj_labels=obj_labels,
        matched=matched,
        sub_bboxes=picked['sub_bboxes'],
        obj_bboxes=picked['obj_bboxes'],
        scale=scale[images, 0])


def _padded_pairs(batch_data_samples: SampleList,
                  classifier: InteractionClassifier) -> Dict[str, Tensor]:
    """Annotated pairs of B images, padded with zeros to the largest number.

    Interaction labels are those of the T training classes only.
    """
    pairs = {
        name:
        pad_sequence(
            [sample.gt_hoi_instances[field]
             for sample in batch_data_samples], True)
        for name, field in (('sub_bboxes', 'sub_bboxes'),
                            ('obj_bboxes', 'obj_bboxes'), ('obj_labels',
                                                           'obj_labels'),
                            ('interaction_labels', classifier.label_field))
    }
    pairs['interaction_labels'] = classifier.targets(
        pairs['interaction_labels'])
    return pairs
