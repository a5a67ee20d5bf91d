# Copyright (c) mmhoi contributors.
from typing import Dict, Optional

import numpy as np
import torch
import torch.nn.functional as F
from mmdet.utils import OptConfigType
from torch import Tensor

from mmhoi.label_spaces import LabelSpace
from mmhoi.registry import TASK_UTILS
from mmhoi.structures import HOIDataSample, PairProposals
from .composed_pairs import HOITables


class PairTargets:
    """What the training pairs of an image are.

    Args:
        label_space (LabelSpace): Its H HOIs, V verbs and O objects.
        zero_shot_split (str, optional): What training does not see.
        negative_verb (str, optional): Verb of the HOI that a pair without
            annotation is; None for no HOI.
        assigner (dict, optional): Config of an assigner; None if the pairs
            know of which annotated pair they are copies.
    """

    def __init__(self,
                 label_space: LabelSpace,
                 zero_shot_split: Optional[str] = None,
                 negative_verb: Optional[str] = None,
                 assigner: OptConfigType = None) -> None:
        self.num_objects = len(label_space.objects)
        self.tables = HOITables(label_space)
        self.assigner = assigner and TASK_UTILS.build(assigner)
        # By object: the HOI of a negative; H where there is none.
        hois = [
            hoi for hoi in label_space.seen_hois(zero_shot_split)
            if label_space.verbs[label_space.hoi_verbs[hoi]] == negative_verb
        ]
        table = np.full(self.num_objects + 1, len(label_space.hoi_verbs))
        table[label_space.hoi_objects[hois]] = hois
        self.negative_hois = torch.from_numpy(table)

    def __call__(self, proposals: PairProposals,
                 data_sample: HOIDataSample) -> Dict[str, Tensor]:
        """Targets of one image.

        Args:
            proposals (PairProposals): M pairs.
            data_sample (HOIDataSample): With `gt_hoi_instances`.

        Returns:
            dict: hoi (M, H), verb (M, V) and object (M, O), all 0 or 1.
        """
        gt_pairs = data_sample.gt_hoi_instances
        if self.assigner is not None:
            hois = self.assigner.assign(proposals, gt_pairs,
                                        gt_pairs.hoi_labels)
            is_negative = ~hois.any(1)
        else:
            # The last row: of no annotated pair.
            hois = F.pad(gt_pairs.hoi_labels, (0, 0, 0, 1))[proposals.gt_inds]
            is_negative = proposals.gt_inds < 0
        objects = proposals.labels[proposals.obj_inds]
        negatives = self.negative_hois.to(objects.device)[objects]
        # One more column, for those that are no HOI.
        hois = F.pad(hois, (0, 1))
        hois[is_negative, negatives[is_negative]] = 1
        return self.of_hois(hois[:, :-1], objects)

    def of_hois(self, hois: Tensor, objects: Tensor) -> Dict[str, Tensor]:
        """Targets of pairs of which HOIs and objects are known.

        Args:
            hois (Tensor): 0 or 1, shape (M, H).
            objects (Tensor): Object classes, int64, shape (M, ).

        Returns:
            dict: As above.
        """
        return dict(
            hoi=hois,
            verb=self.tables.verbs(hois),
            object=F.one_hot(objects, self.num_objects).to(hois))
