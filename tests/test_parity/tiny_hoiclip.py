# Copyright (c) mmhoi contributors.
"""The tiny HOICLIP of the golden file, built from the real config."""
import json
from pathlib import Path
from typing import Dict, List, Sequence

import numpy as np
import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmengine.config import Config, ConfigDict
from mmengine.structures import InstanceData
from test_parity.recipe_weights import recipe_weight
from torch import Tensor, nn

from mmhoi.models.official import from_official_hoiclip
from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / 'tests' / 'data' / 'hoiclip_tiny.npz'
CLIP_CONFIG = dict(
    embed_dim=64,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=64, layers=2, width=64, head_width=64, patch_size=16),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=64, heads=1, layers=2))


def _resize(cfg: ConfigDict, num_layers: int) -> None:
    cfg.num_layers = num_layers
    for name, part in cfg.layer_cfg.items():
        part.embed_dims = 64
        if name == 'ffn_cfg':
            part.feedforward_channels = 128
        else:
            part.num_heads = 4


def tiny_hoiclip_cfg(clip_config: Path) -> ConfigDict:
    """HOICLIP's config at the size of the golden file."""
    clip_config.write_text(json.dumps(CLIP_CONFIG))
    cfg = Config.fromfile(ROOT / 'configs/_base_/models/hoiclip_r50.py').model
    _resize(cfg.encoder, 1)
    _resize(cfg.decoder, 2)
    _resize(cfg.interaction_decoder, 2)
    cfg.interaction_decoder.memory_dims = 64
    cfg.neck.out_channels = 64
    cfg.positional_encoding.num_feats = 32
    cfg.num_queries = 8
    cfg.clip = dict(model_name=str(clip_config), pretrained='random')
    cfg.bbox_head.update(embed_dims=64, clip_dims=64)
    cfg.bbox_head.verb_classifier.hidden_dims = 32
    # The official train classifiers have a frozen random bias.
    cfg.bbox_head.hoi_classifier.bias = True
    cfg.bbox_head.obj_classifier.bias = True
    cfg.test_cfg.update(pair_nms=None, training_free_enhancement=None)
    return cfg


class StoredFeature(nn.Module):
    """Stands for the backbone: returns the golden file's feature."""

    def __init__(self, feature: Tensor) -> None:
        super().__init__()
        self.register_buffer('feature', feature, persistent=False)

    def forward(self, img: Tensor) -> tuple:
        """Ignore the image."""
        return (self.feature, )


def official_state(golden: Dict[str, np.ndarray]) -> Dict[str, Tensor]:
    """The official parameters, those of the backbone excepted."""
    state = {}
    for entry in golden['recipe_names']:
        name, shape = entry.split('|')
        seed = 0 if name.startswith('clip_model.') else 1
        shape = tuple(int(size) for size in shape.split(',') if size)
        state[name] = torch.from_numpy(recipe_weight(seed, name, shape))
    for key, value in golden.items():
        if key.startswith('weight/'):
            state[key[len('weight/'):]] = torch.from_numpy(value)
    return state


def build_tiny_hoiclip(golden: Dict[str, np.ndarray],
                       clip_config: Path) -> nn.Module:
    """The model with the official weights, in eval mode."""
    model = MODELS.build(tiny_hoiclip_cfg(clip_config))
    model.backbone = StoredFeature(torch.from_numpy(golden['layer4']))
    model.load_state_dict(
        from_official_hoiclip(official_state(golden)), strict=True)
    return model.eval()


def golden_samples(
    golden: Dict[str, np.ndarray], empty: Sequence[int] = ()
) -> List[HOIDataSample]:
    """Data samples of the two images; those in `empty` have no pair."""
    samples = []
    for i, (height, width) in enumerate(golden['image_sizes_hw'].tolist()):
        sample = HOIDataSample(
            metainfo=dict(
                batch_input_shape=tuple(golden['batch_hw'].tolist()),
                img_shape=(height, width),
                ori_shape=tuple(golden['orig_sizes'][i].tolist())))
        target = {
            name: torch.from_numpy(golden[f'target{i}/{name}'])
            for name in ('sub_boxes', 'obj_boxes', 'obj_labels', 'hoi_labels')
        }
        scale = torch.tensor([width, height, width, height])
        pairs = InstanceData(
            sub_bboxes=bbox_cxcywh_to_xyxy(target['sub_boxes']) * scale,
            obj_bboxes=bbox_cxcywh_to_xyxy(target['obj_boxes']) * scale,
            obj_labels=target['obj_labels'],
            hoi_labels=target['hoi_labels'].float())
        sample.gt_hoi_instances = pairs[:0] if i in empty else pairs
        samples.append(sample)
    return samples


def golden_inputs(golden: Dict[str, np.ndarray]) -> Dict[str, Tensor]:
    """Model inputs; the image itself is not read, see `StoredFeature`."""
    height, width = golden['batch_hw'].tolist()
    return dict(
        img=torch.zeros(2, 3, height, width),
        clip_img=torch.from_numpy(golden['clip_inputs']))
