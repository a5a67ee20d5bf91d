# Copyright (c) mmhoi contributors.
from typing import List, Optional, Tuple

import torch
from mmdet.utils import OptConfigType
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpace
from mmhoi.registry import MODELS, TASK_UTILS
from ..pair_streams import ComposedPairs, HOITables, ImageRows, joined


@MODELS.register_module()
class ObjectFabricator(BaseModule):
    """Objects that are made up, for the verbs of a batch.

    For the verb features of a pair, the identity of an object class and noise,
    two layers make the features of an object of that class; the pair is
    labelled with the HOIs of its verbs and that class. FCL
    (https://arxiv.org/abs/2103.08214), section 3.2.

    Symbols: R pairs, C channels, O objects, H HOIs.

    Args:
        embed_dims (int): Width C.
        label_space (LabelSpace): Which HOIs exist.
        zero_shot_split (str, optional): What training does not see.
        num_objects (int): How many object classes are fabricated for a pair.
            Defaults to 3.
        class_weights (dict, optional): Config of the weights of losses, such
            as `ClassFrequencyWeights`. Defaults to None.
        loss_weight (float): Weight of the loss. Defaults to 0.25.
        init_cfg (dict, optional): Initialisation config.
    """

    CLASS_ROWS = {'identities': 'objects'}

    def __init__(
        self,
        embed_dims: int,
        label_space: LabelSpace,
        zero_shot_split: Optional[str] = None,
        num_objects: int = 3,
        class_weights: OptConfigType = None,
        loss_weight: float = 0.25,
        init_cfg: dict = dict(type='Kaiming', layer='Linear')
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.tables = HOITables(label_space)
        self.num_objects = num_objects
        self.loss_weight = loss_weight
        self.identities = nn.Parameter(
            torch.randn(len(label_space.objects), embed_dims))
        self.layers = nn.Sequential(
            nn.Linear(3 * embed_dims, embed_dims), nn.ReLU(),
            nn.Linear(embed_dims, embed_dims), nn.ReLU())
        weights = None
        if class_weights is not None:
            weights = TASK_UTILS.build(class_weights)(label_space,
                                                      zero_shot_split)
        self.register_buffer('loss_weights', weights, persistent=False)

    def forward(self, images: List[ImageRows]) -> ComposedPairs:
        """Fabricate objects for the pairs of a batch.

        Args:
            images (list[ImageRows]): Of the B images.

        Returns:
            ComposedPairs: Pairs with fabricated objects.
        """
        rows, labels, *_ = joined(images)
        preference = torch.rand(
            len(self.identities), device=self.identities.device)
        index, objects, labels = self.choose(labels, preference)
        rows = rows.at(index)
        noise = torch.randn(len(index), rows.union.shape[1]).to(rows.union)
        return ComposedPairs(
            rows._replace(
                obj=self.fabricate(rows.union, objects, noise),
                obj_labels=objects),
            labels,
            loss_weights=self.loss_weights)

    def choose(self, hoi_labels: Tensor,
               preference: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        """Object classes that make HOIs with the verbs of each pair.

        Args:
            hoi_labels (Tensor): HOIs of the pairs, 0 or 1, shape (R, H).
            preference (Tensor): Of several classes, those with the largest
                values are taken, shape (O, ).

        Returns:
            tuple[Tensor, Tensor, Tensor]: Row of the pair and object class of
            M fabrications, int64, both (M, ), and their HOIs, (M, H).
        """
        has_object = self.tables.has_object[:, :-1].to(hoi_labels)
        fits = self.tables.of_verbs(hoi_labels)
        possible = fits @ has_object > 0
        ranks = preference.masked_fill(~possible, -1).topk(
            min(self.num_objects, len(preference)), 1)
        rows, places = (ranks.values >= 0).nonzero(as_tuple=True)
        objects = ranks.indices[rows, places]
        return rows, objects, fits[rows] * has_object.T[objects]

    def fabricate(self, verbs: Tensor, objects: Tensor,
                  noise: Tensor) -> Tensor:
        """Features of objects.

        Args:
            verbs (Tensor): Verb features, shape (M, C).
            objects (Tensor): Object classes, int64, shape (M, ).
            noise (Tensor): Normal noise, shape (M, C).

        Returns:
            Tensor: Shape (M, C).
        """
        return self.layers(
            torch.cat([self.identities[objects], verbs, noise], 1))
