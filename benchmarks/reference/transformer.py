# Copyright (c) mmhoi contributors.
"""Encoder and decoders of HOICLIP, sequence first, with attention maps."""
from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import nn


class EncoderLayer(nn.Module):

    def __init__(self, width, heads, hidden, dropout):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(width, heads, dropout)
        self.linear1 = nn.Linear(width, hidden)
        self.dropout = nn.Dropout(dropout)
        self.linear2 = nn.Linear(hidden, width)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.dropout1 = nn.Dropout(dropout)
        self.dropout2 = nn.Dropout(dropout)

    def forward(self, src, mask, pos):
        q = k = src + pos
        attended = self.self_attn(q, k, src, key_padding_mask=mask)[0]
        src = self.norm1(src + self.dropout1(attended))
        hidden = self.linear2(self.dropout(F.relu(self.linear1(src))))
        return self.norm2(src + self.dropout2(hidden))


class DecoderLayer(EncoderLayer):

    def __init__(self, width, heads, hidden, dropout):
        super().__init__(width, heads, hidden, dropout)
        self.multihead_attn = nn.MultiheadAttention(width, heads, dropout)
        self.norm3 = nn.LayerNorm(width)
        self.dropout3 = nn.Dropout(dropout)

    def forward(self, tgt, memory, mask, pos, query_pos):
        q = k = tgt + query_pos
        tgt = self.norm1(tgt + self.dropout1(self.self_attn(q, k, tgt)[0]))
        attended = self.multihead_attn(
            tgt + query_pos, memory + pos, memory, key_padding_mask=mask)[0]
        tgt = self.norm2(tgt + self.dropout2(attended))
        hidden = self.linear2(self.dropout(F.relu(self.linear1(tgt))))
        return self.norm3(tgt + self.dropout3(hidden))


class FusionLayer(DecoderLayer):
    """One cross-attention for two sources; `norm4` is never called."""

    def __init__(self, width, heads, hidden, dropout):
        super().__init__(width, heads, hidden, dropout)
        self.norm4 = nn.LayerNorm(width)
        self.dropout4 = nn.Dropout(dropout)

    def forward(self, tgt, clip_tokens, sup_memory):
        tgt = self.norm1(tgt + self.dropout1(self.self_attn(tgt, tgt, tgt)[0]))
        sources = []
        for tokens in (clip_tokens, sup_memory):
            attended = self.multihead_attn(tgt, tokens, tokens)[0]
            sources.append(self.norm2(tgt + self.dropout2(attended)))
        tgt = sources[0] + sources[1]
        hidden = self.linear2(self.dropout(F.relu(self.linear1(tgt))))
        return self.norm3(tgt + self.dropout3(hidden))


class Encoder(nn.Module):

    def __init__(self, layer, num_layers):
        super().__init__()
        self.layers = nn.ModuleList(
            [deepcopy(layer) for _ in range(num_layers)])

    def forward(self, src, mask, pos):
        for layer in self.layers:
            src = layer(src, mask, pos)
        return src


class Decoder(Encoder):

    def __init__(self, layer, num_layers, width):
        super().__init__(layer, num_layers)
        self.norm = nn.LayerNorm(width)

    def forward(self, tgt, *others):
        """States of all layers (L, N, B, width)."""
        states = []
        for layer in self.layers:
            tgt = layer(tgt, *others)
            states.append(self.norm(tgt))
        return torch.stack(states)


class Transformer(nn.Module):

    def __init__(self, sizes, clip):
        super().__init__()
        width, clip_width = sizes.hidden_dim, clip.visual.proj.shape[0]
        rest = sizes.nheads, sizes.dim_feedforward, sizes.dropout
        self.encoder = Encoder(EncoderLayer(width, *rest), sizes.enc_layers)
        self.instance_decoder = Decoder(
            DecoderLayer(width, *rest), sizes.dec_layers, width)
        # GEN-VLKT's, here never called.
        self.interaction_decoder = Decoder(
            DecoderLayer(width, *rest), sizes.dec_layers, width)
        self.clip_interaction_decoder = Decoder(
            FusionLayer(clip_width, *rest), sizes.inter_dec_layers, clip_width)
        self.inter_guided_embedd = nn.Embedding(sizes.num_queries, clip_width)
        self.queries2spacial_proj = nn.Linear(width, clip_width)
        self.queries2spacial_proj_norm = nn.LayerNorm(clip_width)
        self.obj_class_fc = nn.Linear(width, clip_width)
        self.obj_class_ln = nn.LayerNorm(clip_width)

    def forward(self, src, mask, query_pos, pos, clip, clip_input):
        """Human and object states (L, B, Q, D), interaction states
        (L, B, Q, E), CLIP's pooled feature (B, E) and tokens (B, T, C)."""
        batch = len(src)
        src = src.flatten(2).permute(2, 0, 1)
        pos = pos.flatten(2).permute(2, 0, 1)
        query_pos = query_pos.unsqueeze(1).repeat(1, batch, 1)
        mask = mask.flatten(1)
        memory = self.encoder(src, mask, pos)
        states = self.instance_decoder(
            torch.zeros_like(query_pos), memory, mask, pos, query_pos)
        states = states.transpose(1, 2)
        num_queries = states.shape[2] // 2
        humans, objects = states[:, :, :num_queries], states[:, :,
                                                             num_queries:]
        query = ((humans[-1] + objects[-1]) / 2).permute(1, 0, 2)
        query = self.queries2spacial_proj_norm(
            self.queries2spacial_proj(query))
        pooled, tokens = clip.encode_image(clip_input)
        sup_memory = self.obj_class_ln(self.obj_class_fc(memory))
        interactions = self.clip_interaction_decoder(query,
                                                     tokens.permute(1, 0, 2),
                                                     sup_memory)
        interactions = interactions.transpose(1, 2) @ clip.visual.proj.detach()
        return humans, objects, interactions, pooled, tokens
