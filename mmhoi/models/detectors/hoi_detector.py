# Copyright (c) mmhoi contributors.
from copy import deepcopy
from typing import Dict, List, Tuple

import torch
from mmdet.models.detectors import DETR
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample, OptSampleList, SampleList
from ..layers.lean_attention import use_lean_attention
from ..layers.lean_dropout import use_lean_dropout
from ..vision_language.open_clip_loader import clear_open_clip_cache


@MODELS.register_module()
class HOIDetector(DETR):
    r"""Query-based human-object interaction detector.

    The parts are named by the config; this class wires them. HOICLIP
    (https://arxiv.org/abs/2303.15786) and GEN-VLKT
    (https://arxiv.org/abs/2203.13954) are such configs.

    .. code:: text

        img ─ backbone ─ neck ─ encoder ─ memory ──┬───────────────┐
                                                   V               V
          human, object queries ─────────> instance decoder   interaction
                                            │ human states ──> decoder
                                            │ object states ─>     ^
        clip_img ─ CLIP visual tower ─ tokens ─────────────────────┘
                         │ global feature            │ HOI features
                         V                           V
                        head: boxes, object logits, HOI logits

    Without `clip_img` among the inputs CLIP's tower does not run. GEN-VLKT
    needs it in training only, where it is the teacher.

    Symbols: B images, Q queries, D detector width, C width of CLIP's tokens,
    E width of CLIP's joint space, L layers.

    Args:
        backbone (dict): Config of the backbone.
        neck (dict): Config of the neck that maps the last feature to D.
        encoder (dict): Arguments of mmdet's `DetrTransformerEncoder`.
        decoder (dict): Arguments of mmdet's `DetrTransformerDecoder`: the
            instance decoder over 2Q queries.
        interaction_decoder (dict): Config of the interaction decoder.
        clip (dict): The CLIP model: `model_name` and `pretrained` of
            `load_open_clip`. Visual tower and head are built with it.
        bbox_head (dict): Config of the HOI head.
        positional_encoding (dict): Arguments of mmdet's
            `SinePositionalEncoding`.
        clip_visual (dict): Config of the CLIP visual tower.
        num_queries (int): Number of pairs Q per image. Defaults to 64.
        train_cfg (dict, optional): Training config, passed to the head.
        test_cfg (dict, optional): Testing config, passed to the head.
        data_preprocessor (dict, optional): Config of the data preprocessor.
        init_cfg (dict, optional): Initialisation config.

    Raises:
        ValueError: If the interaction decoder is not as wide as CLIP's
            tokens.
    """

    def __init__(self,
                 backbone: ConfigType,
                 neck: ConfigType,
                 encoder: ConfigType,
                 decoder: ConfigType,
                 interaction_decoder: ConfigType,
                 clip: ConfigType,
                 bbox_head: ConfigType,
                 positional_encoding: ConfigType,
                 clip_visual: ConfigType = dict(type='CLIPVisual'),
                 num_queries: int = 64,
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 data_preprocessor: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        # mmdet's transformer layers write into the configs they are given.
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
        self.clip_visual = MODELS.build(dict(**clip_visual, **clip))
        self.interaction_decoder = MODELS.build(deepcopy(interaction_decoder))
        if (self.interaction_decoder.in_clip_space
                and self.interaction_decoder.embed_dims
                != self.clip_visual.embed_dims):
            raise ValueError(
                f'interaction_decoder is {self.interaction_decoder.embed_dims}'
                f' wide, but the tokens of clip_visual are '
                f'{self.clip_visual.embed_dims} wide; set embed_dims in '
                'interaction_decoder.layer_cfg to the latter')
        use_lean_attention(self)
        use_lean_dropout(self)
        # Convolutions on a CPU, and in half precision on a GPU, are faster
        # so. Not later: DistributedDataParallel mixes up the gradients of
        # weights whose layout changes after it has seen them.
        self.to(memory_format=torch.channels_last)
        # All parts have what they need; CLIP's text tower is a burden now.
        clear_open_clip_cache()

    def _init_layers(self) -> None:
        """Build DETR's layers, with two query embeddings instead of one."""
        super()._init_layers()
        del self.query_embedding
        shape = self.num_queries, self.embed_dims
        self.sub_query_embedding = nn.Embedding(*shape)
        self.obj_query_embedding = nn.Embedding(*shape)
        # Added to both queries of a pair: tells who belongs to whom.
        self.pair_embedding = nn.Embedding(*shape)

    def init_weights(self) -> None:
        """Initialise weights; the pair embedding as GEN-VLKT does."""
        super().init_weights()
        nn.init.uniform_(self.pair_embedding.weight)

    @property
    def optional_weights(self) -> Tuple[str, ...]:
        """tuple[str]: Starts of names that a checkpoint need not have.

        CLIP's tower is the config's, and prediction may do without it.
        """
        return () if self.interaction_decoder.in_clip_space else (
            'clip_visual.', )

    def pre_decoder(self, memory: Tensor) -> Tuple[Dict, Dict]:
        """Prepare the 2Q queries of the instance decoder.

        Args:
            memory (Tensor): Encoder memory, shape (B, HW, D).

        Returns:
            tuple[dict, dict]: Keyword arguments of `forward_decoder` (query,
            query_pos: (B, 2Q, D), humans first; memory) and an empty dict.
        """
        query_pos = torch.cat([
            self.sub_query_embedding.weight + self.pair_embedding.weight,
            self.obj_query_embedding.weight + self.pair_embedding.weight
        ])
        # Not len(memory): it would freeze the batch size of an exported graph.
        query_pos = query_pos.expand(memory.size(0), -1, -1)
        return dict(
            query=torch.zeros_like(query_pos),
            query_pos=query_pos,
            memory=memory), {}

    def forward_decoder(self, query: Tensor, query_pos: Tensor, memory: Tensor,
                        memory_mask: Tensor, memory_pos: Tensor) -> Dict:
        """Run the instance decoder and split its states.

        Returns:
            dict: sub_states and obj_states, each (L, B, Q, D), memory and
            memory_pos (B, HW, D), and memory_mask (B, HW).
        """
        states = super().forward_decoder(query, query_pos, memory, memory_mask,
                                         memory_pos)['hidden_states']
        sub_states, obj_states = states.split(self.num_queries, dim=2)
        return dict(
            sub_states=sub_states,
            obj_states=obj_states,
            memory=memory,
            memory_mask=memory_mask,
            memory_pos=memory_pos)

    def forward_features(self, batch_inputs: Dict[str, Tensor],
                         batch_data_samples: SampleList) -> Dict[str, Tensor]:
        """Everything before the head.

        Args:
            batch_inputs (dict): img (B, 3, H, W) and, if CLIP has to see the
                images, clip_img (B, 3, S, S), both normalised.
            batch_data_samples (list[HOIDataSample]): Their meta information
                holds `batch_input_shape` and `img_shape`.

        Returns:
            dict: Inputs of the head: sub_states, obj_states (L, B, Q, D),
            hoi_features (L', B, Q, E or, if the head projects them, D), and
            clip_feature (B, E), not normalised, None without clip_img.
        """
        img_feats = self.extract_feat(batch_inputs['img'])
        states = self.forward_transformer(img_feats, batch_data_samples)
        clip_feature = None
        if 'clip_img' in batch_inputs:
            states['clip_tokens'], clip_feature = self.clip_visual(
                batch_inputs['clip_img'])
        hoi_features = self.interaction_decoder(states)
        if self.interaction_decoder.in_clip_space:
            hoi_features = hoi_features @ self.clip_visual.proj
        return dict(
            sub_states=states['sub_states'],
            obj_states=states['obj_states'],
            hoi_features=hoi_features,
            clip_feature=clip_feature)

    def loss(self, batch_inputs: Dict[str, Tensor],
             batch_data_samples: SampleList) -> Dict[str, Tensor]:
        """Losses of a batch; arguments as in `forward_features`."""
        features = self.forward_features(batch_inputs, batch_data_samples)
        return self.bbox_head.loss(
            **features, batch_data_samples=batch_data_samples)

    def predict(self,
                batch_inputs: Dict[str, Tensor],
                batch_data_samples: SampleList,
                rescale: bool = True) -> SampleList:
        """Predict the pairs of a batch.

        Args:
            batch_inputs (dict): As in `forward_features`.
            batch_data_samples (list[HOIDataSample]): As there.
            rescale (bool): Boxes in original-image pixels instead of
                input-image pixels. Defaults to True.

        Returns:
            list[HOIDataSample]: The samples with `pred_hoi_instances`.
        """
        features = self.forward_features(batch_inputs, batch_data_samples)
        results = self.bbox_head.predict(
            **features, batch_data_samples=batch_data_samples, rescale=rescale)
        return self.add_pred_to_datasample(batch_data_samples, results)

    def _forward(
            self,
            batch_inputs: Dict[str, Tensor],
            batch_data_samples: OptSampleList = None) -> Dict[str, Tensor]:
        """Raw outputs of the head (`mode='tensor'`).

        Without data samples all of `img` counts as image, none as padding.
        """
        if batch_data_samples is None:
            shape = tuple(batch_inputs['img'].shape[-2:])
            meta = dict(batch_input_shape=shape, img_shape=shape)
            batch_data_samples = [
                HOIDataSample(metainfo=meta) for _ in batch_inputs['img']
            ]
        features = self.forward_features(batch_inputs, batch_data_samples)
        return self.bbox_head(**features)

    def add_pred_to_datasample(self, data_samples: SampleList,
                               results_list: List[InstanceData]) -> SampleList:
        """Store each image's predicted pairs in its data sample."""
        for data_sample, results in zip(data_samples, results_list):
            data_sample.pred_hoi_instances = results
        return data_samples
