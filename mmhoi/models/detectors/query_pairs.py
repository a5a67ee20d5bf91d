# Copyright (c) mmhoi contributors.
from copy import deepcopy
from typing import Dict, Optional, Sequence, Tuple

import torch
from mmdet.models.backbones.resnet import BasicBlock, Bottleneck
from mmdet.models.detectors import DETR
from mmdet.models.layers import (DetrTransformerDecoderLayer,
                                 DetrTransformerEncoderLayer)
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from open_clip.transformer import ResidualAttentionBlock
from torch import Tensor, nn

from mmhoi.registry import MODELS
from mmhoi.structures import OptSampleList, SampleList
from mmhoi.utils.known_keys import check_keys
from ..layers.clip_interaction_decoder import CLIPInteractionDecoderLayer
from ..utils.padding_mask import padding_mask, shrink_mask
from ..vision_language.open_clip_loader import shared_open_clip
from .base import AttentionSources, HOIDetector


@MODELS.register_module()
class QueryPairDetector(HOIDetector, DETR):
    r"""DETR whose queries stand for pairs of a human and an object.

    The parts are named by the config; this class wires them. QPIC
    (https://arxiv.org/abs/2103.05399), CDN
    (https://arxiv.org/abs/2108.05077), GEN-VLKT
    (https://arxiv.org/abs/2203.13954) and HOICLIP
    (https://arxiv.org/abs/2303.15786) are such configs.

    .. code:: text

        img ─ backbone ─ neck ─ encoder ─ memory ──┬───────────────┐
                                                   V               V
          queries ───────────────────────> instance decoder   interaction
                                            │ human states ──> decoder
                                            │ object states ─>     ^
        clip_img ─ CLIP visual tower ─ tokens ─────────────────────┘
                         │ global feature            │ features
                         V                           V
                        head: boxes, object logits, interaction logits

    Without an interaction decoder the interaction features are the mean of
    human and object states. Without `clip_img` among the inputs CLIP's tower
    does not run. GEN-VLKT needs it in training only, where it is the teacher.

    Symbols: B images, Q queries, D detector width, C width of the interaction
    features, E width of CLIP's joint space, L layers.

    Args:
        backbone (dict): Config of the backbone.
        neck (dict): Config of the neck that maps the last feature to D.
        encoder (dict): Arguments of mmdet's `DetrTransformerEncoder`.
        decoder (dict): Arguments of mmdet's `DetrTransformerDecoder`: the
            instance decoder.
        bbox_head (dict): Config of the head, such as `PairHead`.
        positional_encoding (dict): Arguments of mmdet's
            `SinePositionalEncoding`.
        queries (dict): `SharedQueries` or `HumanObjectQueries`.
        num_queries (int): Number of pairs Q per image.
        interaction_decoder (dict, optional): Config of the interaction
            decoder. Defaults to None.
        clip (dict, optional): The CLIP model: `model_name` and `pretrained`
            of `load_open_clip`. Visual tower and head are built with it.
            Defaults to None.
        clip_visual (dict): Config of the CLIP visual tower.
        frozen (Sequence[str]): Names of parts that are not trained, such as
            `backbone` and `encoder`; they keep their dropout. Defaults to
            none.
        train_cfg (dict, optional): Training config, passed to the head.
        test_cfg (dict, optional): Testing config, passed to the head.
        data_preprocessor (dict, optional): Config of the data preprocessor.
        init_cfg (dict, optional): Initialisation config.

    Raises:
        ValueError: If the interaction decoder needs a CLIP model and there is
            none, or is not as wide as CLIP's tokens.
        SetupError: If a frozen part does not exist.
    """

    COMPILE_PARTS = ('backbone', 'clip_visual', 'encoder', 'decoder',
                     'interaction_decoder')
    FSDP_LAYERS = (BasicBlock, Bottleneck, CLIPInteractionDecoderLayer,
                   DetrTransformerDecoderLayer, DetrTransformerEncoderLayer,
                   ResidualAttentionBlock)

    def __init__(self,
                 backbone: ConfigType,
                 neck: ConfigType,
                 encoder: ConfigType,
                 decoder: ConfigType,
                 bbox_head: ConfigType,
                 positional_encoding: ConfigType,
                 queries: ConfigType,
                 num_queries: int,
                 interaction_decoder: OptConfigType = None,
                 clip: OptConfigType = None,
                 clip_visual: ConfigType = dict(type='CLIPVisual'),
                 frozen: Sequence[str] = (),
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 data_preprocessor: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        self.queries_cfg = queries
        # Tower and texts come from one model, which is read once.
        with shared_open_clip():
            # mmdet's transformer layers write into the configs they get.
            super().__init__(
                backbone=backbone,
                neck=neck,
                encoder=deepcopy(encoder),
                decoder=deepcopy(decoder),
                bbox_head=dict(clip=clip, **deepcopy(bbox_head)),
                positional_encoding=positional_encoding,
                num_queries=num_queries,
                train_cfg=train_cfg,
                test_cfg=test_cfg,
                data_preprocessor=data_preprocessor,
                init_cfg=init_cfg)
            self.clip_visual = clip and MODELS.build(
                dict(**clip_visual, **clip))
        self.interaction_decoder = interaction_decoder and MODELS.build(
            deepcopy(interaction_decoder))
        if self.interaction_decoder is not None:
            self.interaction_decoder.check_clip(self.clip_visual)
        parts = dict(self.named_children())
        check_keys(frozen, parts, '`model.frozen`')
        for name in frozen:
            parts[name].requires_grad_(False)
        # Convolutions on a CPU, and in half precision on a GPU, are faster
        # so. Not later: DistributedDataParallel mixes up the gradients of
        # weights whose layout changes after it has seen them.
        self.to(memory_format=torch.channels_last)

    def _init_layers(self) -> None:
        """Build DETR's layers; the queries are a part of their own."""
        super()._init_layers()
        del self.query_embedding
        self.queries = MODELS.build(
            dict(
                num_queries=self.num_queries,
                embed_dims=self.embed_dims,
                **self.queries_cfg))

    def init_weights(self) -> None:
        """Initialise weights, those of the queries last."""
        super().init_weights()
        self.queries.reset_parameters()

    @property
    def hoi_head(self) -> nn.Module:
        """nn.Module: The head."""
        return self.bbox_head

    @property
    def needs_clip_img(self) -> bool:
        """bool: Whether CLIP has to see the images for a prediction."""
        decoder = self.interaction_decoder
        return bool(
            self.bbox_head.test_cfg.get('training_free_enhancement')
            or decoder is not None and 'clip' in decoder.sources)

    @property
    def optional_weights(self) -> Tuple[str, ...]:
        """tuple[str]: Starts of names that a checkpoint need not have.

        CLIP's tower is the config's, and prediction may do without it.
        """
        decoder = self.interaction_decoder
        needs_clip = decoder is not None and decoder.uses_clip
        return () if needs_clip else ('clip_visual.', )

    def drop_training_parts(self) -> None:
        """Give up CLIP's tower if it is but a teacher."""
        if self.optional_weights and not self.needs_clip_img:
            self.clip_visual = None

    def attention_sources(self) -> AttentionSources:
        """Where attention can be read: the last layers of both decoders."""
        interaction = self.interaction_decoder
        return AttentionSources(
            instance=self.decoder.layers[-1].cross_attn.attn,
            interaction=interaction and interaction.layers[-1].cross_attn.attn,
            looks_at=interaction.sources if interaction is not None else (),
            feature_map=self.neck,
            clip_view=self.clip_visual)

    def forward_features(
            self,
            img: Tensor,
            mask: Optional[Tensor] = None,
            clip_img: Optional[Tensor] = None) -> Dict[str, Tensor]:
        """Everything before the head: tensors in, tensors out.

        Args:
            img (Tensor): Normalised and padded images, shape (B, 3, H, W).
            mask (Tensor, optional): True where padded, bool, shape (B, H, W);
                None if no image is. Defaults to None.
            clip_img (Tensor, optional): CLIP's normalised views, shape
                (B, 3, S, S). Defaults to None.

        Returns:
            dict: Inputs of the head: sub_states, obj_states (L, B, Q, D),
            interaction_features (L', B, Q, C) and, with clip_img,
            clip_feature (B, E), not normalised.
        """
        states = self.forward_instances(self.extract_feat(img)[-1], mask)
        features = {}
        if self.clip_visual is not None:
            states['clip_proj'] = self.clip_visual.proj
            if clip_img is not None:
                states['clip_tokens'], features['clip_feature'] = \
                    self.clip_visual(clip_img)
        if self.interaction_decoder is not None:
            interactions = self.interaction_decoder(states)
        else:
            interactions = (states['sub_states'] + states['obj_states']) / 2
        return dict(
            sub_states=states['sub_states'],
            obj_states=states['obj_states'],
            interaction_features=interactions,
            **features)

    def forward_instances(self, feature_map: Tensor,
                          mask: Optional[Tensor]) -> Dict[str, Tensor]:
        """Encoder and instance decoder.

        Args:
            feature_map (Tensor): Output of the neck, shape (B, D, h, w).
            mask (Tensor, optional): As in `forward_features`.

        Returns:
            dict: sub_states and obj_states, each (L, B, Q, D); memory and its
            position encoding memory_pos (B, hw, D); memory_mask (B, hw), True
            where padded, or None.
        """
        if mask is not None:
            mask = shrink_mask(mask, *feature_map.shape[-2:])
        pos = self.positional_encoding(mask, input=feature_map)
        feature_map, pos = (
            value.flatten(2).transpose(1, 2) for value in (feature_map, pos))
        mask = mask if mask is None else mask.flatten(1)
        memory = self.encoder(
            query=feature_map, query_pos=pos, key_padding_mask=mask)
        # Not len(memory): it would freeze the batch size of an exported graph.
        query_pos = self.queries().expand(memory.size(0), -1, -1)
        states = self.decoder(
            query=torch.zeros_like(query_pos),
            key=memory,
            value=memory,
            query_pos=query_pos,
            key_pos=pos,
            key_padding_mask=mask)
        sub_states, obj_states = self.queries.split(states)
        return dict(
            sub_states=sub_states,
            obj_states=obj_states,
            memory=memory,
            memory_mask=mask,
            memory_pos=pos)

    def head_inputs(self, batch_inputs: Dict[str, Tensor],
                    batch_data_samples: SampleList) -> Dict[str, Tensor]:
        """`forward_features` of a batch of data samples."""
        img = batch_inputs['img']
        return self.forward_features(
            img, padding_mask(batch_data_samples, img.device),
            batch_inputs.get('clip_img'))

    def _forward(
            self,
            batch_inputs: Dict[str, Tensor],
            batch_data_samples: OptSampleList = None) -> Dict[str, Tensor]:
        """Raw outputs of the head (`mode='tensor'`).

        Without data samples all of `img` counts as image, none as padding.
        """
        if batch_data_samples is None:
            features = self.forward_features(**batch_inputs)
        else:
            features = self.head_inputs(batch_inputs, batch_data_samples)
        return self.bbox_head(**features)
