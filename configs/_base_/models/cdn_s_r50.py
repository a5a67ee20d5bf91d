# CDN-S with ResNet-50 (https://arxiv.org/abs/2108.05077).
_base_ = './qpic_r50.py'
attention = dict(
    embed_dims=256,
    num_heads=8,
    attn_drop=0.1,
    dropout_layer=dict(type='Dropout', drop_prob=0.1),
    batch_first=True)
ffn = dict(
    embed_dims=256,
    feedforward_channels=2048,
    num_fcs=2,
    ffn_drop=0.1,
    act_cfg=dict(type='ReLU', inplace=True))
model = dict(
    num_queries=64,
    decoder=dict(num_layers=3),
    interaction_decoder=dict(
        type='CascadeInteractionDecoder',
        num_layers=3,
        layer_cfg=dict(
            self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=ffn)),
    bbox_head=dict(
        type='CDNHead',
        # Half of QPIC's times two, and of the positive and negative terms.
        loss_hoi=dict(pos_weight=0.5, neg_weight=0.5, loss_weight=2.0)),
    test_cfg=dict(pair_nms=dict(iou_thr=0.7, sub_power=1.0, obj_power=0.5)))
