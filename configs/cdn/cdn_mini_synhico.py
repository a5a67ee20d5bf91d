# The mini CDN on SynHICO, as large as the mini QPIC and a decoder larger.
_base_ = [
    '../_base_/models/cdn_s_r50.py',
    '../_base_/datasets/synhico_without_clip.py',
    '../_base_/schedules/schedule_mini.py', '../_base_/default_runtime.py'
]
dropout = dict(attn_drop=0.0, dropout_layer=dict(drop_prob=0.0))
attention = dict(embed_dims=128, **dropout)
ffn = dict(embed_dims=128, feedforward_channels=512, ffn_drop=0.0)
model = dict(
    num_queries=16,
    backbone=dict(
        depth=18,
        base_channels=24,
        stem_channels=24,
        num_stages=3,
        strides=(1, 2, 2),
        dilations=(1, 1, 1),
        out_indices=(2, ),
        norm_cfg=dict(requires_grad=True)),
    neck=dict(in_channels=[96], out_channels=128),
    positional_encoding=dict(num_feats=64),
    encoder=dict(
        num_layers=2, layer_cfg=dict(self_attn_cfg=attention, ffn_cfg=ffn)),
    decoder=dict(
        num_layers=3,
        layer_cfg=dict(
            self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=ffn)),
    interaction_decoder=dict(
        num_layers=3,
        layer_cfg=dict(
            self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=ffn)),
    bbox_head=dict(embed_dims=128))
load_from = 'mmhoi://mini/mini_detector.safetensors'
