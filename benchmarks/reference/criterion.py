# Copyright (c) mmhoi contributors.
"""Losses; every layer is matched on its own, loops run over the images."""
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.ops import generalized_box_iou

from .matcher import HungarianMatcher, corners

#: Weight of every loss, by the start of its name.
WEIGHTS = dict(
    loss_hoi_labels=2.0,
    loss_obj_ce=1.0,
    loss_sub_bbox=2.5,
    loss_obj_bbox=2.5,
    loss_sub_giou=1.0,
    loss_obj_giou=1.0)


def total_loss(losses):
    """Weighted sum of all losses; entries for the log do not count."""
    total = 0
    for name, value in losses.items():
        for start, weight in WEIGHTS.items():
            if name.startswith(start):
                total = total + weight * value
    return total


class Criterion(nn.Module):

    def __init__(self, num_objects=80):
        super().__init__()
        self.matcher = HungarianMatcher()
        self.num_objects = num_objects
        weight = torch.ones(num_objects + 1)
        weight[-1] = 0.1
        self.register_buffer('empty_weight', weight)

    def forward(self, outputs, targets):
        """Losses of all layers, not weighted, and errors for the log."""
        count = sum(len(t['obj_labels']) for t in targets)
        count = torch.as_tensor([count], dtype=torch.float32)
        count = count.clamp(min=1).item()
        losses = self.layer(outputs, targets, count, log=True)
        for i, aux in enumerate(outputs['aux_outputs']):
            for name, value in self.layer(aux, targets, count).items():
                losses[f'{name}_{i}'] = value
        return losses

    def layer(self, outputs, targets, count, log=False):
        indices = self.matcher(outputs, targets)
        losses = {}
        losses.update(self.object_losses(outputs, targets, indices, log))
        losses.update(self.box_losses(outputs, targets, indices, count))
        losses.update(self.hoi_losses(outputs, targets, indices))
        return losses

    def object_losses(self, outputs, targets, indices, log):
        logits = outputs['pred_obj_logits']
        picked = picked_queries(indices)
        labels = torch.cat(
            [t['obj_labels'][p] for t, (_, p) in zip(targets, indices)])
        classes = torch.full(logits.shape[:2], self.num_objects)
        classes[picked] = labels
        loss = F.cross_entropy(
            logits.transpose(1, 2), classes, self.empty_weight)
        if not log:
            return dict(loss_obj_ce=loss)
        right = (logits[picked].argmax(-1) == labels).float().sum()
        error = 100 - 100 * right / max(len(labels), 1)
        return dict(loss_obj_ce=loss, obj_class_error=error)

    def hoi_losses(self, outputs, targets, indices):
        logits = outputs['pred_hoi_logits']
        picked = picked_queries(indices)
        labels = torch.cat(
            [t['hoi_labels'][p] for t, (_, p) in zip(targets, indices)])
        classes = torch.zeros_like(logits)
        classes[picked] = labels.to(classes)
        loss = focal_loss(logits.sigmoid().clamp(1e-4, 1 - 1e-4), classes)
        top = logits[picked].topk(5, dim=1).indices
        hits = 0.0
        for found, label in zip(top, labels):
            wanted = label.nonzero().flatten().tolist()
            hits += len(set(found.tolist()) & set(wanted)) / max(
                len(wanted), 1)
        error = 100 - 100 * torch.tensor(hits / max(len(labels), 1))
        return dict(loss_hoi_labels=loss, hoi_class_error=error)

    def box_losses(self, outputs, targets, indices, count):
        picked = picked_queries(indices)
        losses = {}
        target = {}
        for name in ('sub', 'obj'):
            target[name] = torch.cat(
                [t[f'{name}_boxes'][p] for t, (_, p) in zip(targets, indices)])
        exists = (target['obj'] != 0).any(dim=1).float()
        for name, keep, factor in (('sub', torch.ones_like(exists), count),
                                   ('obj', exists, exists.sum() + 1e-4)):
            pred = outputs[f'pred_{name}_boxes'][picked]
            l1 = F.l1_loss(pred, target[name], reduction='none')
            giou = 1 - torch.diag(
                generalized_box_iou(corners(pred), corners(target[name])))
            losses[f'loss_{name}_bbox'] = (l1 * keep[:, None]).sum() / factor
            losses[f'loss_{name}_giou'] = (giou * keep).sum() / factor
        return losses


def picked_queries(indices):
    """Image and query of all matched queries."""
    images = torch.cat(
        [torch.full_like(query, i) for i, (query, _) in enumerate(indices)])
    return images, torch.cat([query for query, _ in indices])


def focal_loss(prob, labels):
    """Per positive label, over all queries."""
    positive = labels.eq(1).float()
    negative = labels.lt(1).float()
    loss_pos = 0.5 * torch.log(prob) * (1 - prob)**2 * positive
    loss_neg = 0.5 * torch.log(1 - prob) * prob**2 * negative
    count = positive.sum()
    if count == 0:
        return -loss_neg.sum()
    return -(loss_pos.sum() + loss_neg.sum()) / count
