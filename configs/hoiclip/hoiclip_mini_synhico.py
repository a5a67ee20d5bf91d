# The mini HOICLIP on SynHICO: small enough to train on two CPU cores.
_base_ = [
    '../_base_/models/hoiclip_r50.py', '../_base_/datasets/synhico.py',
    '../_base_/schedules/schedule_mini.py', '../_base_/default_runtime.py'
]
dropout = dict(attn_drop=0.0, dropout_layer=dict(drop_prob=0.0))
attention = dict(embed_dims=128, **dropout)
ffn = dict(embed_dims=128, feedforward_channels=512, ffn_drop=0.0)
clip_attention = dict(embed_dims=144, **dropout)
model = dict(
    num_queries=16,
    clip=dict(model_name='mmhoi-mini', pretrained=None),
    backbone=dict(
        depth=18,
        base_channels=24,
        stem_channels=24,
        num_stages=3,
        strides=(1, 2, 2),
        dilations=(1, 1, 1),
        out_indices=(2, ),
        frozen_stages=1,
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
        num_layers=2,
        memory_dims=128,
        layer_cfg=dict(
            self_attn_cfg=clip_attention,
            cross_attn_cfg=clip_attention,
            ffn_cfg=dict(
                embed_dims=144, feedforward_channels=384, ffn_drop=0.0))),
    bbox_head=dict(
        embed_dims=128,
        interaction_classifier=dict(verbs=dict(hidden_dims=128))))
# The mini CLIP's texts lie close together: sigmoids of object logits hardly
# tell the classes apart, and cosines would outweigh what was learned.
model.update(
    test_cfg=dict(obj_score='softmax', training_free_enhancement=None))
load_from = 'mmhoi://mini/mini_detector.safetensors'
