# Two stages: a frozen DETR with ResNet-50, and pairs of its boxes.
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
    type='TwoStageHOIDetector',
    data_preprocessor=dict(
        type='HOIDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
        pad_size_divisor=1),
    freeze_detector=True,
    detector=dict(
        type='mmdet.DETR',
        num_queries=100,
        backbone=dict(
            type='mmdet.ResNet',
            depth=50,
            num_stages=4,
            out_indices=(3, ),
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
                self_attn_cfg=attention, cross_attn_cfg=attention,
                ffn_cfg=ffn)),
        bbox_head=dict(
            type='Float32DETRHead',
            num_classes=80,
            embed_dims=256,
            loss_cls=dict(type='mmdet.CrossEntropyLoss', loss_weight=1.0),
            loss_bbox=dict(type='mmdet.L1Loss', loss_weight=5.0),
            loss_iou=dict(type='mmdet.GIoULoss', loss_weight=2.0))),
    pair_proposer=dict(
        type='HumanObjectPairs',
        selector=dict(
            type='InstanceSelector',
            score_thr=0.2,
            nms_iou_thr=0.5,
            min_instances=3,
            max_instances=15,
            human_label=0)))
