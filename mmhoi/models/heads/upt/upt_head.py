# Copyright (c) mmhoi contributors.
from typing import Dict, List, Optional, Sequence, Tuple, Union

import torch
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from mmhoi.label_spaces import LabelSpaceSource
from mmhoi.registry import MODELS
from mmhoi.structures import PairProposals
from ..pair36 import pair36, pair36_encoder
from ..proposal_head import ProposalHead, padding_of
from .competitive_layer import CompetitiveLayer
from .cooperative_layer import CooperativeLayer
from .multi_branch_fusion import MultiBranchFusion


@MODELS.register_module()
class UPTHead(ProposalHead):
    """Unary-pairwise transformer: verbs of proposed pairs of boxes.

    UPT (https://arxiv.org/abs/2112.01838). Boxes inform each other in
    cooperative layers, then the pairs of an image compete in one more layer.
    A verb's probability is multiplied by the scores of both boxes, to a
    power; verbs that no HOI of the object has are left out.

    Symbols: B images, N boxes and M pairs of an image, D width of the boxes'
    tokens, R width of the pairs' encodings, C channels of the feature map, V
    verbs of the head, H HOIs, K predictions.

    Args:
        embed_dims (int): Width D.
        global_dims (int): Channels C of the feature map whose mean stands for
            the image.
        label_space (str | dict): See `load_label_space`.
        verbs (str | Sequence[int]): Which of its verbs are classified, see
            `load_verb_classes`. Defaults to `all`.
        pair_dims (int): Width R. Defaults to 512.
        num_heads (int): Heads of all layers. Defaults to 8.
        num_cooperative_layers (int): Defaults to 2.
        feedforward_dims (int): Width inside of the competitive layer.
            Defaults to 2048.
        num_branches (int): Branches of both fusions. Defaults to 16.
        dropout (float): Dropout probability. Defaults to 0.1.
        masked_pooling (bool): Whether the mean over the feature map leaves
            out the padding of the batch. It does not in the official code,
            whose results depend on the batch. Defaults to False.
        loss_hoi (dict): Loss of logits and prior.
        train_cfg (dict, optional): `assigner`: config of the assigner;
            `prior_power`: exponent of the boxes' scores, 1 unless given.
        test_cfg (dict, optional): `prior_power`, 2.8 unless given;
            `max_per_img` and `pair_nms` of :class:`PairSelector`, all
            predictions and no suppression unless given.
        init_cfg (dict, optional): Initialisation config.

    Attributes:
        classes (VerbClasses): What the head is built for.
        label_space (LabelSpace): Its label space.
        zero_shot_split (None): All classes are trained.

    Raises:
        ValueError: If the label space or a verb is unknown, or a width is no
            multiple of what it is split into.
    """

    zero_shot_split = None
    #: Layers that FSDP gathers one by one.
    FSDP_LAYERS = (CompetitiveLayer, CooperativeLayer)

    def __init__(self,
                 embed_dims: int,
                 global_dims: int,
                 label_space: LabelSpaceSource,
                 verbs: Union[str, Sequence[int]] = 'all',
                 pair_dims: int = 512,
                 num_heads: int = 8,
                 num_cooperative_layers: int = 2,
                 feedforward_dims: int = 2048,
                 num_branches: int = 16,
                 dropout: float = 0.1,
                 masked_pooling: bool = False,
                 loss_hoi: ConfigType = dict(type='PriorFocalLoss'),
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(label_space, verbs, loss_hoi, train_cfg, test_cfg,
                         init_cfg)
        self.masked_pooling = masked_pooling
        self.spatial_encoder = pair36_encoder(pair_dims)
        self.cooperative = nn.ModuleList(
            CooperativeLayer(embed_dims, pair_dims, num_heads, dropout)
            for _ in range(num_cooperative_layers))
        self.pair_fusion = MultiBranchFusion(2 * embed_dims, pair_dims,
                                             pair_dims, num_branches)
        self.global_fusion = MultiBranchFusion(global_dims, pair_dims,
                                               pair_dims, num_branches)
        self.competitive = CompetitiveLayer(2 * pair_dims, num_heads,
                                            feedforward_dims, dropout)
        self.classifier = nn.Linear(2 * pair_dims, len(self.classes.verb_ids))

    def forward(self,
                tokens: List[Tensor],
                proposals: List[PairProposals],
                feature_maps: Tuple[Tensor, ...],
                img_sizes: Tensor,
                map_mask: Optional[Tensor] = None) -> Dict[str, Tensor]:
        """Classify all pairs of a batch.

        Args:
            tokens (list[Tensor]): What the boxes of each image look like,
                shapes (N, D).
            proposals (list[PairProposals]): Boxes and pairs of each image.
            feature_maps (tuple[Tensor]): One, of the padded images, shape
                (B, C, h, w).
            img_sizes (Tensor): Height and width of the images without
                padding, shape (B, 2).
            map_mask (Tensor, optional): True where the map shows padding,
                bool, shape (B, h, w); for `masked_pooling`. Defaults to None.

        Returns:
            dict: logits, image by image, shape (sum of all M, V).
        """
        feature_map, = feature_maps
        kept = [i for i, image in enumerate(proposals) if image.num_pairs]
        if not kept:
            return dict(
                logits=feature_map.new_zeros(0, self.classifier.out_features))
        num_pairs = [proposals[i].num_pairs for i in kept]
        padding = padding_of([len(tokens[i]) for i in kept],
                             feature_map.device)
        unary = pad_sequence([tokens[i] for i in kept], True)
        boxes = pad_sequence([proposals[i].boxes for i in kept], True)
        spatial = self.spatial_encoder(pair36(boxes, img_sizes[kept]))
        for layer in self.cooperative:
            unary = layer(unary, spatial, padding)

        images = torch.arange(
            len(kept), device=unary.device).repeat_interleave(
                torch.tensor(num_pairs, device=unary.device))
        subs = torch.cat([proposals[i].sub_inds for i in kept])
        objs = torch.cat([proposals[i].obj_inds for i in kept])
        spatial = spatial[images, subs, objs]
        whole = self._pool(feature_map, map_mask)[kept]
        pairs = torch.cat([
            self.pair_fusion(
                torch.cat([unary[images, subs], unary[images, objs]], -1),
                spatial),
            self.global_fusion(whole[images], spatial)
        ], -1)
        padding = padding_of(num_pairs, pairs.device)
        pairs = self.competitive(
            pad_sequence(pairs.split(num_pairs), True),
            src_key_padding_mask=padding)
        return dict(logits=self.classifier(pairs[~padding]))

    def _pool(self, feature_map: Tensor, mask: Optional[Tensor]) -> Tensor:
        """Mean over a map, shape (B, C)."""
        if mask is None or not self.masked_pooling:
            return feature_map.mean((2, 3))
        inside = (~mask).to(feature_map.dtype).unsqueeze(1)
        return (feature_map * inside).sum((2, 3)) / inside.sum((2, 3))
