# Copyright (c) mmhoi contributors.
from typing import Dict, List, Optional, Sequence, Tuple, Union

import torch
from mmdet.models.layers import SinePositionalEncoding
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from mmhoi.label_spaces import LabelSpaceSource
from mmhoi.registry import MODELS
from mmhoi.structures import PairProposals
from ..pair36 import pair36, pair36_encoder
from ..proposal_head import ProposalHead, padding_of
from .box_positions import TEMPERATURE, box_positions
from .key_encoder import KeyEncoder
from .modality_fusion import ModalityFusion
from .pair_decoder import PairDecoderLayer
from .unary_encoder import UnaryEncoderLayer


@MODELS.register_module()
class PViCHead(ProposalHead):
    """Predicate visual context: pairs of boxes look at the image again.

    PViC (https://arxiv.org/abs/2308.06202). Pairs are the queries of a
    decoder, whose keys are the backbone's maps; where the boxes are guides
    both attentions. All decoder layers are trained.

    Symbols: B images, N boxes and M pairs of an image, D width of the boxes'
    tokens and of keys, R width of the queries, L decoder layers, V verbs.

    Args:
        embed_dims (int): Width D, a multiple of 32.
        in_channels (Sequence[int]): Channels of the backbone's maps that are
            looked at, its last ones, fine to coarse: `[2048]` is C5,
            `[1024, 2048]` C4 and C5. The detector must have them.
        label_space (str | dict): See :class:`ProposalHead`.
        verbs (str | Sequence[int]): See there. Defaults to `all`.
        pair_dims (int): Width R. Defaults to 384.
        num_heads (int): Heads of the decoder. Defaults to 8.
        num_unary_heads (int, optional): Heads of the unary encoder, 8 in the
            official code whatever the decoder has. Defaults to None: as many.
        num_unary_layers (int): Defaults to 2.
        num_key_layers (int): Swin blocks over the maps. Defaults to 1.
        num_decoder_layers (int): Number L. Defaults to 2.
        dropout (float): Dropout probability. Defaults to 0.1.
        loss_hoi (dict): Loss of logits and prior.
        train_cfg (dict, optional): See :class:`ProposalHead`.
        test_cfg (dict, optional): See there.
        init_cfg (dict, optional): Initialisation config.

    Raises:
        ValueError: If the label space or a verb is unknown, or a size is of
            no use.
    """

    #: Layers that FSDP gathers one by one.
    FSDP_LAYERS = (UnaryEncoderLayer, PairDecoderLayer)

    def __init__(self,
                 embed_dims: int,
                 in_channels: Sequence[int],
                 label_space: LabelSpaceSource,
                 verbs: Union[str, Sequence[int]] = 'all',
                 pair_dims: int = 384,
                 num_heads: int = 8,
                 num_unary_heads: Optional[int] = None,
                 num_unary_layers: int = 2,
                 num_key_layers: int = 1,
                 num_decoder_layers: int = 2,
                 dropout: float = 0.1,
                 loss_hoi: ConfigType = dict(type='PriorFocalLoss', gamma=0.1),
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(label_space, verbs, loss_hoi, train_cfg, test_cfg,
                         init_cfg)
        self.embed_dims = embed_dims
        self.keys = KeyEncoder(in_channels, embed_dims, num_key_layers)
        self.key_positions = SinePositionalEncoding(
            embed_dims // 2, TEMPERATURE, normalize=True)
        self.spatial_encoder = pair36_encoder(pair_dims)
        self.reference = nn.Sequential(
            nn.Linear(embed_dims, embed_dims), nn.ReLU(),
            nn.Linear(embed_dims, 2))
        self.unary_encoder = nn.ModuleList(
            UnaryEncoderLayer(embed_dims, num_unary_heads or num_heads,
                              dropout) for _ in range(num_unary_layers))
        self.fusion = ModalityFusion(2 * embed_dims, pair_dims)
        self.decoder = nn.ModuleList(
            PairDecoderLayer(pair_dims, embed_dims, num_heads, dropout)
            for _ in range(num_decoder_layers))
        self.decoder_norm = nn.LayerNorm(pair_dims)
        self.classifier = nn.Linear(pair_dims, len(self.classes.verb_ids))

    def init_weights(self) -> None:
        """Xavier for the matrices of the decoder, as officially."""
        super().init_weights()
        for parameter in self.decoder.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def choose_maps(self, maps: Tuple[Tensor, ...]) -> Tuple[Tensor, ...]:
        """Which of a backbone's maps `forward` gets as `feature_maps`.

        Args:
            maps (tuple[Tensor]): Fine to coarse, each (B, C, h, w).

        Returns:
            tuple[Tensor]: The coarsest ones, as many as `in_channels`.

        Raises:
            ValueError: If there are fewer.
        """
        wanted = self.keys.num_levels
        if len(maps) < wanted:
            raise ValueError(
                f'interaction_head.in_channels has {wanted} levels, but the '
                f'backbone gives {len(maps)}; name more of them in '
                'detector.backbone.out_indices')
        return maps[-wanted:]

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
            feature_maps (tuple[Tensor]): Of the padded images, fine to
                coarse, each (B, C, h, w).
            img_sizes (Tensor): Height and width of the images without
                padding, shape (B, 2).
            map_mask (Tensor, optional): True where the finest map shows
                padding, bool, shape (B, h, w). Defaults to None.

        Returns:
            dict: logits of the last layer, image by image, shape (sum of all
            M, V), and layer_logits, (L, sum of all M, V).
        """
        kept = [i for i, image in enumerate(proposals) if image.num_pairs]
        if not kept:
            logits = feature_maps[0].new_zeros(
                len(self.decoder), 0, self.classifier.out_features)
            return dict(logits=logits[-1], layer_logits=logits)
        device = feature_maps[0].device
        num_pairs = [proposals[i].num_pairs for i in kept]
        padding = padding_of(num_pairs, device)
        queries, box_pos, centre_pos = (
            pad_sequence(value.split(num_pairs), True)
            for value in self._queries([tokens[i] for i in kept],
                                       [proposals[i]
                                        for i in kept], img_sizes[kept]))
        # All images: results of the pyramid are those of the batch.
        keys = self.keys(feature_maps)
        if map_mask is None:
            map_mask = keys.new_zeros(keys.shape[:-1], dtype=torch.bool)
        mask = map_mask[kept]
        key_pos = self.key_positions(mask).flatten(2).mT
        keys = keys[kept].flatten(1, 2)
        layers = []
        for layer in self.decoder:
            queries = layer(queries, keys, box_pos, centre_pos, key_pos,
                            padding, mask.flatten(1))
            layers.append(self.decoder_norm(queries[~padding]))
        logits = self.classifier(torch.stack(layers))
        return dict(logits=logits[-1], layer_logits=logits)

    def _queries(self, tokens: List[Tensor], proposals: List[PairProposals],
                 img_sizes: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        """Queries (sum of all M, R), positions (.., 4D), centres (.., 2D)."""
        device = tokens[0].device
        padding = padding_of([len(image) for image in tokens], device)
        unary = pad_sequence(tokens, True)
        boxes = pad_sequence([image.boxes for image in proposals], True)
        positions = box_positions(boxes, img_sizes,
                                  self.reference(unary).sigmoid(),
                                  self.embed_dims)
        for layer in self.unary_encoder:
            unary = layer(unary, positions.boxes, padding)
        images = torch.arange(
            len(proposals), device=device).repeat_interleave(
                torch.tensor([p.num_pairs for p in proposals], device=device))
        subs = torch.cat([image.sub_inds for image in proposals])
        objs = torch.cat([image.obj_inds for image in proposals])
        both, box_pos, centre_pos = (
            torch.cat([value[images, subs], value[images, objs]], -1)
            for value in (unary, *positions))
        spatial = self.spatial_encoder(pair36(boxes, img_sizes))
        return (self.fusion(both, spatial[images, subs,
                                          objs]), box_pos, centre_pos)
