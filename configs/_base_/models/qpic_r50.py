# QPIC with ResNet-50 (https://arxiv.org/abs/2103.05399).
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
    type='QueryPairDetector',
    queries=dict(type='SharedQueries'),
    num_queries=100,
    data_preprocessor=dict(
        type='HOIDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
        pad_size_divisor=1),
    backbone=dict(
        type='mmdet.ResNet',
        depth=50,
        num_stages=4,
        out_indices=(3, ),
        frozen_stages=1,
        norm_cfg=dict(type='BN', requires_grad=False),
        norm_eval=True,
        style='pytorch'),
    neck=dict(
        type='mmdet.ChannelMapper',
        in_channels=[2048],
        kernel_size=1,
        out_channels=256,
        act_cfg=None,
        norm_cfg=None,
        num_outs=1),
    positional_encoding=dict(num_feats=128, normalize=True),
    encoder=dict(  # mmdet.DetrTransformerEncoder
        num_layers=6,
        layer_cfg=dict(self_attn_cfg=attention, ffn_cfg=ffn)),
    decoder=dict(  # mmdet.DetrTransformerDecoder
        num_layers=6,
        return_intermediate=True,
        layer_cfg=dict(
            self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=ffn)),
    bbox_head=dict(
        type='PairHead',
        embed_dims=256,
        label_space='hico_det',
        obj_classifier=dict(type='LinearObjectClassifier'),
        interaction_classifier=dict(type='LinearVerbClassifier'),
        loss_hoi=dict(
            type='InteractionFocalLoss', min_prob=0.0, loss_weight=1.0),
        loss_obj=dict(
            type='mmdet.CrossEntropyLoss', bg_cls_weight=0.1, loss_weight=1.0),
        loss_bbox=dict(type='mmdet.L1Loss', loss_weight=2.5),
        loss_iou=dict(type='mmdet.GIoULoss', loss_weight=1.0)),
    train_cfg=dict(
        assigner=dict(
            type='HOIHungarianAssigner',
            match_costs=[
                dict(type='HOIClassCost', weight=1.0),
                dict(type='HOIObjectCost', weight=1.0),
                dict(type='HOIBBoxL1Cost', weight=2.5),
                dict(type='HOIIoUCost', weight=1.0)
            ])),
    test_cfg=dict(max_per_img=100, obj_score='softmax'))
