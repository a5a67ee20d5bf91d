# Copyright (c) mmhoi contributors.
from dataclasses import dataclass


@dataclass
class CLIPSizes:
    """Sizes of a CLIP model; the defaults are those of ViT-B/32."""
    embed_dim: int = 512
    image_resolution: int = 224
    vision_layers: int = 12
    vision_width: int = 768
    vision_patch_size: int = 32
    context_length: int = 77
    vocab_size: int = 49408
    transformer_width: int = 512
    transformer_heads: int = 8
    transformer_layers: int = 12


@dataclass
class Sizes:
    """Sizes of HOICLIP; the defaults are those of HICO-DET and ResNet-50."""
    hidden_dim: int = 256
    nheads: int = 8
    dim_feedforward: int = 2048
    dropout: float = 0.1
    enc_layers: int = 6
    dec_layers: int = 3
    inter_dec_layers: int = 3
    num_queries: int = 64
    verb_weight: float = 0.5
    num_hois: int = 600
    num_verbs: int = 117
    num_objects: int = 80
    verb_hidden: int = 256
