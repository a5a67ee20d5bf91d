# Copyright (c) mmhoi contributors.
"""Outputs of the network -> scores and boxes in original pixels."""
import torch

from .matcher import corners


@torch.no_grad()
def postprocess(outputs, sizes):
    """Predictions of every image.

    Args:
        outputs (dict): Of `HOICLIP`.
        sizes (Tensor): Heights and widths of the original images, (B, 2).
    """
    hoi_scores = outputs['pred_hoi_logits'].sigmoid()
    obj_logits = outputs['pred_obj_logits']
    obj_scores = obj_logits.sigmoid()
    obj_labels = obj_logits.softmax(-1)[..., :-1].max(-1)[1]
    height, width = sizes.unbind(1)
    scale = torch.stack([width, height, width, height], dim=1)[:, None]
    sub = corners(outputs['pred_sub_boxes']) * scale
    obj = corners(outputs['pred_obj_boxes']) * scale
    results = []
    for i in range(len(obj_labels)):
        humans = torch.zeros_like(obj_labels[i])
        ids = torch.arange(2 * len(humans))
        results.append(
            dict(
                labels=torch.cat([humans, obj_labels[i]]).cpu(),
                boxes=torch.cat([sub[i], obj[i]]).cpu(),
                hoi_scores=hoi_scores[i].cpu(),
                obj_scores=obj_scores[i].cpu(),
                sub_ids=ids[:len(humans)],
                obj_ids=ids[len(humans):]))
    return results
