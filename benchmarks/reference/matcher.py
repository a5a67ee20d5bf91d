# Copyright (c) mmhoi contributors.
"""Hungarian matching; the costs of every image with the pairs of all."""
import torch
from scipy.optimize import linear_sum_assignment
from torch import nn
from torchvision.ops import box_convert, generalized_box_iou


def corners(boxes):
    return box_convert(boxes, 'cxcywh', 'xyxy')


class HungarianMatcher(nn.Module):
    """Weights of the costs: HOI, object 1, L1 2.5, GIoU 1."""

    @torch.no_grad()
    def forward(self, outputs, targets):
        """Indices of queries and pairs of every image.

        Args:
            outputs (dict): Outputs of one layer.
            targets (list[dict]): obj_labels (P, ), hoi_labels (P, H),
                sub_boxes, obj_boxes (P, 4) normalised cxcywh.
        """
        batch, queries = outputs['pred_obj_logits'].shape[:2]
        hoi = torch.cat([t['hoi_labels'] for t in targets]).T.float()
        obj = torch.cat([t['obj_labels'] for t in targets])
        prob = outputs['pred_hoi_logits'].flatten(0, 1).sigmoid()
        cost_hoi = -(prob @ hoi / (hoi.sum(dim=0, keepdim=True) + 1e-4) +
                     (1 - prob) @ (1 - hoi) /
                     ((1 - hoi).sum(dim=0, keepdim=True) + 1e-4)) / 2
        obj_prob = outputs['pred_obj_logits'].flatten(0, 1).softmax(-1)
        cost_obj = -obj_prob[:, obj]
        cost_box, cost_giou = self.box_costs(outputs, targets)
        costs = cost_hoi + 2.5 * cost_box + cost_giou + cost_obj
        costs = costs.view(batch, queries, -1).cpu()
        sizes = [len(t['obj_labels']) for t in targets]
        found = [
            linear_sum_assignment(part[i])
            for i, part in enumerate(costs.split(sizes, -1))
        ]
        return [(torch.as_tensor(q, dtype=torch.int64),
                 torch.as_tensor(p, dtype=torch.int64)) for q, p in found]

    def box_costs(self, outputs, targets):
        """The larger cost of the two boxes of a pair: L1 and GIoU."""
        l1, giou = {}, {}
        for name in ('sub', 'obj'):
            pred = outputs[f'pred_{name}_boxes'].flatten(0, 1)
            target = torch.cat([t[f'{name}_boxes'] for t in targets])
            l1[name] = torch.cdist(pred, target, p=1)
            giou[name] = -generalized_box_iou(corners(pred), corners(target))
        # A pair without an object (V-COCO) has a box of zeros.
        absent = (target == 0).all(dim=1)
        l1['obj'][:, absent] = 0
        giou['obj'] = giou['obj'] + absent * giou['sub']
        return (torch.stack([l1['sub'], l1['obj']]).max(dim=0)[0],
                torch.stack([giou['sub'], giou['obj']]).max(dim=0)[0])
