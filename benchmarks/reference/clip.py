# Copyright (c) mmhoi contributors.
"""CLIP with both towers, sequence first, as OpenAI lays it out."""
from collections import OrderedDict

import torch
from torch import nn


class QuickGELU(nn.Module):

    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class ResidualAttentionBlock(nn.Module):

    def __init__(self, width, heads, mask=None):
        super().__init__()
        self.attn = nn.MultiheadAttention(width, heads)
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            OrderedDict(
                c_fc=nn.Linear(width, 4 * width),
                gelu=QuickGELU(),
                c_proj=nn.Linear(4 * width, width)))
        self.ln_2 = nn.LayerNorm(width)
        self.mask = mask

    def forward(self, x):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False, attn_mask=self.mask)[0]
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):

    def __init__(self, width, layers, heads, mask=None):
        super().__init__()
        self.resblocks = nn.Sequential(
            *(ResidualAttentionBlock(width, heads, mask)
              for _ in range(layers)))

    def forward(self, x):
        return self.resblocks(x)


class VisionTransformer(nn.Module):

    def __init__(self, sizes):
        super().__init__()
        width, patch = sizes.vision_width, sizes.vision_patch_size
        tokens = (sizes.image_resolution // patch)**2 + 1
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.class_embedding = nn.Parameter(torch.randn(width) * width**-0.5)
        self.positional_embedding = nn.Parameter(
            torch.randn(tokens, width) * width**-0.5)
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = Transformer(width, sizes.vision_layers, width // 64)
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(
            torch.randn(width, sizes.embed_dim) * width**-0.5)

    def forward(self, x):
        """Pooled feature (B, E) and all tokens (B, T, C), not projected."""
        x = self.conv1(x).flatten(2).permute(0, 2, 1)
        first = self.class_embedding.expand(len(x), 1, -1)
        x = torch.cat([first, x], dim=1) + self.positional_embedding
        x = self.ln_pre(x).permute(1, 0, 2)
        x = self.transformer(x).permute(1, 0, 2)
        x = self.ln_post(x)
        return x[:, 0] @ self.proj, x


class CLIP(nn.Module):

    def __init__(self, sizes):
        super().__init__()
        width, length = sizes.transformer_width, sizes.context_length
        self.visual = VisionTransformer(sizes)
        mask = torch.full((length, length), float('-inf')).triu(1)
        self.transformer = Transformer(width, sizes.transformer_layers,
                                       sizes.transformer_heads, mask)
        self.token_embedding = nn.Embedding(sizes.vocab_size, width)
        self.positional_embedding = nn.Parameter(
            torch.randn(length, width) * 0.01)
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Parameter(
            torch.randn(width, sizes.embed_dim) * width**-0.5)
        self.logit_scale = nn.Parameter(torch.tensor(2.6593))

    def encode_image(self, image):
        return self.visual(image)

    def encode_text(self, tokens):
        """Token ids (N, 77) -> embeddings (N, E), not normalised."""
        x = self.token_embedding(tokens) + self.positional_embedding
        x = self.transformer(x.permute(1, 0, 2)).permute(1, 0, 2)
        x = self.ln_final(x)
        # The end of the text has the largest id.
        ends = tokens.argmax(dim=-1)
        return x[torch.arange(len(x)), ends] @ self.text_projection
