# The mini GEN-VLKT on SynHICO, as large as the mini HOICLIP.
_base_ = [
    '../_base_/models/gen_vlkt_r50.py', '../_base_/datasets/synhico.py',
    '../_base_/schedules/schedule_mini.py', '../_base_/default_runtime.py'
]
dropout = dict(attn_drop=0.0, dropout_layer=dict(drop_prob=0.0))
attention = dict(embed_dims=128, **dropout)
ffn = dict(embed_dims=128, feedforward_channels=512, ffn_drop=0.0)
decoder_layer = dict(
    self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=ffn)
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
        norm_cfg=dict(requires_grad=True)),
    neck=dict(in_channels=[96], out_channels=128),
    positional_encoding=dict(num_feats=64),
    encoder=dict(
        num_layers=2, layer_cfg=dict(self_attn_cfg=attention, ffn_cfg=ffn)),
    decoder=dict(layer_cfg=decoder_layer),
    interaction_decoder=dict(layer_cfg=decoder_layer),
    bbox_head=dict(embed_dims=128),
    # As in the mini HOICLIP.
    test_cfg=dict(obj_score='softmax'))
load_from = 'mmhoi://mini/mini_detector.safetensors'
# The classifiers stay near the texts that they start from.
slow = dict(lr_mult=0.1)
optim_wrapper = dict(
    paramwise_cfg=dict(
        custom_keys={
            'interaction_classifier.texts.weight': slow,
            'interaction_classifier.texts.bias': slow,
            'obj_classifier.texts.weight': slow,
            'obj_classifier.texts.bias': slow
        }))
