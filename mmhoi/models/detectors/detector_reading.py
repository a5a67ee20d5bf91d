# Copyright (c) mmhoi contributors.
"""Boxes and feature maps of detectors that are built for something else."""
from contextlib import ExitStack
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from mmdet.models.detectors import DETR
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy, get_box_tensor
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.structures import HOIDataSample, SampleList
from ..instance_features.image_maps import ImageMaps
from ..task_modules.assigners.hoi_match_cost import box_scale


class DetectorOutputs(NamedTuple):
    """What a detector finds in a batch.

    Attributes:
        maps (ImageMaps): Its feature maps.
        instances (list[InstanceData], optional): Boxes of each image: bboxes
            (N, 4) xyxy in pixels of the input image, labels and scores (N, );
            of a DETR also query_states (N, D) and all_scores (N, O), and its
            boxes are not clipped. None if they were not asked for.
    """
    maps: ImageMaps
    instances: Optional[List[InstanceData]]


def read_detector(detector: nn.Module,
                  img: Tensor,
                  batch_data_samples: SampleList,
                  with_boxes: bool = True,
                  with_memory: bool = False) -> DetectorOutputs:
    """Run a detector on a batch.

    Args:
        detector (BaseDetector): A detector in mmdet's manner.
        img (Tensor): Normalised and padded images, shape (B, 3, H, W).
        batch_data_samples (list[HOIDataSample]): Their meta information holds
            `batch_input_shape` and `img_shape`.
        with_boxes (bool): Whether boxes are needed. Defaults to True.
        with_memory (bool): Whether a DETR's encoder has to run, even if no
            boxes are needed. Defaults to False.

    Returns:
        DetectorOutputs: What it finds.
    """
    if isinstance(detector, DETR):
        return _read_detr(detector, img, batch_data_samples, with_boxes,
                          with_memory)
    return _read_any(detector, img, batch_data_samples, with_boxes)


def _read_detr(detector: DETR, img: Tensor, samples: SampleList,
               with_boxes: bool, with_memory: bool) -> DetectorOutputs:
    backbone = tuple(detector.backbone(img))
    neck = ()
    if detector.with_neck:
        # Finer maps than the neck takes are those of a head.
        neck = tuple(detector.neck(backbone[-len(detector.neck.convs):]))
    if not (with_boxes or with_memory):
        return DetectorOutputs(ImageMaps(backbone, neck), None)
    features = neck or backbone
    encoder_inputs, decoder_inputs = detector.pre_transformer(
        features, samples)
    memory = detector.forward_encoder(**encoder_inputs)['memory']
    size = features[-1].shape[-2:]
    maps = ImageMaps(backbone, neck, (memory.mT.unflatten(-1, size), ))
    if not with_boxes:
        return DetectorOutputs(maps, None)
    queries, head_inputs = detector.pre_decoder(memory)
    head_inputs.update(detector.forward_decoder(**decoder_inputs, **queries))
    # Half precision does not resolve boxes.
    head_inputs = {
        name: value.float() if isinstance(value, Tensor) else value
        for name, value in head_inputs.items()
    }
    with torch.autocast(img.device.type, enabled=False):
        logits, bboxes = (
            layers[-1] for layers in detector.bbox_head(**head_inputs))
    is_sigmoid = detector.bbox_head.loss_cls.use_sigmoid
    probs = logits.sigmoid() if is_sigmoid else logits.softmax(-1)[..., :-1]
    scores, labels = probs.max(-1)
    return DetectorOutputs(maps, [
        InstanceData(
            bboxes=bbox_cxcywh_to_xyxy(bboxes[i]) *
            box_scale(sample.img_shape[:2], bboxes),
            labels=labels[i],
            scores=scores[i],
            all_scores=probs[i],
            query_states=head_inputs['hidden_states'][-1, i])
        for i, sample in enumerate(samples)
    ])


def _read_any(detector: nn.Module, img: Tensor, samples: SampleList,
              with_boxes: bool) -> DetectorOutputs:
    """A detector of which nothing is known but that it predicts."""
    seen: Dict[str, Tuple[Tensor, ...]] = {}
    with ExitStack() as stack:
        for name in ('backbone', 'neck'):
            part = getattr(detector, name, None)
            if part is not None:
                handle = part.register_forward_hook(
                    lambda module, args, output, name=name: seen.update(
                        {name: tuple(output)}))
                stack.callback(handle.remove)
        if not with_boxes:
            detector.extract_feat(img)
            return DetectorOutputs(ImageMaps(**seen), None)
        # It writes into the samples that it gets.
        bare = [HOIDataSample(metainfo=sample.metainfo) for sample in samples]
        predicted = detector.predict(img, bare, rescale=False)
    return DetectorOutputs(
        ImageMaps(**seen),
        [_boxes_only(sample.pred_instances) for sample in predicted])


def _boxes_only(instances: InstanceData) -> InstanceData:
    return InstanceData(
        bboxes=get_box_tensor(instances.bboxes),
        labels=instances.labels,
        scores=instances.scores)
