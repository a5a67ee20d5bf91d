# The mini PViC on SynHICO: pairs of the boxes of the mini detector.
_base_ = [
    '../_base_/models/pvic_r50.py',
    '../_base_/datasets/synhico_without_clip.py',
    '../_base_/schedules/schedule_mini.py', '../_base_/default_runtime.py'
]
attention = dict(embed_dims=128)
ffn = dict(embed_dims=128, feedforward_channels=512)
model = dict(
    detector=dict(  # as in detr/detr_mini_synhico.py
        num_queries=16,
        backbone=dict(
            depth=18,
            base_channels=24,
            stem_channels=24,
            num_stages=3,
            strides=(1, 2, 2),
            dilations=(1, 1, 1),
            out_indices=(2, )),
        neck=dict(in_channels=[96], out_channels=128),
        positional_encoding=dict(num_feats=64),
        encoder=dict(
            num_layers=2, layer_cfg=dict(self_attn_cfg=attention,
                                         ffn_cfg=ffn)),
        decoder=dict(
            num_layers=3,
            layer_cfg=dict(
                self_attn_cfg=attention, cross_attn_cfg=attention,
                ffn_cfg=ffn)),
        bbox_head=dict(embed_dims=128),
        init_cfg=dict(
            type='Pretrained',
            checkpoint='mmhoi://mini/mini_detector.safetensors')),
    interaction_head=dict(
        embed_dims=128,
        in_channels=[96],
        pair_dims=128,
        num_heads=4,
        dropout=0.0),
    # As many as the other mini models predict.
    test_cfg=dict(max_per_img=100))
