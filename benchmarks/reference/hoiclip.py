# Copyright (c) mmhoi contributors.
"""HOICLIP as plain modules with the names of official checkpoints."""
import math

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models import resnet50
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.ops import FrozenBatchNorm2d

from .clip import CLIP
from .sizes import CLIPSizes, Sizes
from .transformer import Transformer


class Backbone(nn.Module):
    """ResNet-50 up to layer4; conv1 and layer1 are not trained."""

    def __init__(self):
        super().__init__()
        body = resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
        for name, param in body.named_parameters():
            param.requires_grad_(
                name.startswith(('layer2', 'layer3', 'layer4')))
        self.body = IntermediateLayerGetter(body, {'layer4': '0'})

    def forward(self, images, mask):
        feature = self.body(images)['0']
        mask = F.interpolate(mask[None].float(), size=feature.shape[-2:])
        return feature, mask[0].bool()


def sine_position(mask, width):
    """DETR's position embedding, (B, width, H, W)."""
    valid = ~mask
    y, x = (valid.cumsum(dim, dtype=torch.float32) for dim in (1, 2))
    y = y / (y[:, -1:] + 1e-6) * 2 * math.pi
    x = x / (x[:, :, -1:] + 1e-6) * 2 * math.pi
    count = width // 2
    steps = torch.arange(count, dtype=torch.float32)
    steps = 10000**(2 * (steps // 2) / count)
    axes = []
    for axis in (y, x):
        angle = axis[..., None] / steps
        axes.append(
            torch.stack([angle[..., 0::2].sin(), angle[..., 1::2].cos()],
                        dim=4).flatten(3))
    return torch.cat(axes, dim=3).permute(0, 3, 1, 2)


class MLP(nn.Module):

    def __init__(self, width, hidden, out):
        super().__init__()
        self.layers = nn.ModuleList([
            nn.Linear(width, hidden),
            nn.Linear(hidden, hidden),
            nn.Linear(hidden, out)
        ])

    def forward(self, x):
        first, second, third = self.layers
        return third(F.relu(second(F.relu(first(x)))))


class HOICLIP(nn.Module):

    def __init__(self, sizes=None, clip_sizes=None):
        super().__init__()
        sizes, clip_sizes = sizes or Sizes(), clip_sizes or CLIPSizes()
        width, queries = sizes.hidden_dim, sizes.num_queries
        embed = clip_sizes.embed_dim
        self.verb_weight = sizes.verb_weight
        self.clip_model = CLIP(clip_sizes).requires_grad_(False)
        self.backbone = nn.ModuleList([Backbone()])
        self.input_proj = nn.Conv2d(2048, width, 1)
        self.transformer = Transformer(sizes, self.clip_model)
        self.query_embed_h = nn.Embedding(queries, width)
        self.query_embed_o = nn.Embedding(queries, width)
        self.pos_guided_embedd = nn.Embedding(queries, width)
        self.hum_bbox_embed = MLP(width, width, 4)
        self.obj_bbox_embed = MLP(width, width, 4)
        self.inter2verb = MLP(embed, sizes.verb_hidden, embed)
        # GEN-VLKT's, here never called.
        self.hoi_class_fc = nn.Sequential(
            nn.Linear(width, embed), nn.LayerNorm(embed))
        self.obj_class_fc = nn.Sequential(
            nn.Linear(width, embed), nn.LayerNorm(embed))
        scale = torch.tensor(math.log(1 / 0.07))
        self.logit_scale = nn.Parameter(scale.clone())
        self.obj_logit_scale = nn.Parameter(scale.clone())
        self.verb_projection = nn.Linear(embed, sizes.num_verbs, bias=False)
        self.visual_projection = nn.Linear(embed, sizes.num_hois)
        self.visual_projection.requires_grad_(False)
        self.obj_visual_projection = nn.Linear(embed, sizes.num_objects + 1)
        self.obj_visual_projection.requires_grad_(False)
        for name in ('verb2hoi_proj', 'verb2hoi_proj_eval'):
            table = torch.zeros(sizes.num_verbs, sizes.num_hois)
            setattr(self, name, nn.Parameter(table, requires_grad=False))
        self.hoi_cls = None

    @torch.no_grad()
    def run_texts(self, hoi_tokens, obj_tokens):
        """Fill the classifiers; HOI prompts run twice, as officially.

        Args:
            hoi_tokens (Tensor): Token ids of the HOI prompts, (H, 77).
            obj_tokens (Tensor): Token ids of the object prompts, (O + 1, 77).
        """
        encode = self.clip_model.encode_text
        hois = F.normalize(encode(hoi_tokens), dim=-1)
        self.hoi_cls = F.normalize(encode(hoi_tokens), dim=-1)
        self.visual_projection.weight.data = hois
        self.obj_visual_projection.weight.data = F.normalize(
            encode(obj_tokens), dim=-1)

    def forward(self, images, mask, clip_input):
        """Outputs of the last layer, and of those before in `aux_outputs`.

        Args:
            images (Tensor): Normalised images, zero-padded, (B, 3, H, W).
            mask (Tensor): True where padded, (B, H, W).
            clip_input (Tensor): Normalised CLIP views, (B, 3, S, S).
        """
        feature, mask = self.backbone[0](images, mask)
        pos = sine_position(mask, self.input_proj.out_channels)
        query_pos = torch.cat([
            self.query_embed_h.weight + self.pos_guided_embedd.weight,
            self.query_embed_o.weight + self.pos_guided_embedd.weight
        ])
        humans, objects, interactions, pooled, tokens = self.transformer(
            self.input_proj(feature), mask, query_pos, pos, self.clip_model,
            clip_input)
        if len(interactions) == 1:
            interactions = interactions.repeat(len(humans), 1, 1, 1)
        hoi_features = F.normalize(interactions, dim=-1)
        verb_features = F.normalize(self.inter2verb(interactions), dim=-1)
        obj_features = F.normalize(self.obj_class_fc(objects), dim=-1)
        scale = self.logit_scale.exp()
        verb_logits = scale * self.verb_projection(verb_features)
        hoi_logits = scale * self.visual_projection(hoi_features)
        hoi_logits = (
            hoi_logits +
            self.verb_weight * verb_logits @ self.verb2hoi_proj.data)
        obj_logits = self.obj_logit_scale.exp() * self.obj_visual_projection(
            obj_features)
        layers = dict(
            pred_hoi_logits=hoi_logits,
            pred_obj_logits=obj_logits,
            pred_sub_boxes=self.hum_bbox_embed(humans).sigmoid(),
            pred_obj_boxes=self.obj_bbox_embed(objects).sigmoid())
        outputs = {name: value[-1] for name, value in layers.items()}
        outputs['aux_outputs'] = [{
            name: value[i]
            for name, value in layers.items()
        } for i in range(len(humans) - 1)]
        pooled = F.normalize(pooled, dim=-1)[:, None]
        outputs['clip_visual'] = tokens @ self.clip_model.visual.proj
        outputs['clip_cls_feature'] = pooled.repeat(1, humans.shape[2], 1)
        outputs['hoi_feature'] = hoi_features[-1]
        if self.hoi_cls is not None:
            outputs['clip_logits'] = pooled @ self.hoi_cls.T
        return outputs
