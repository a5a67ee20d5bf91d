# The mini detector: DETR on the boxes of SynHICO, from scratch. Its weights
# start the mini HOICLIP as a COCO-trained DETR starts the real one.
_base_ = [
    '../_base_/datasets/synhico.py', '../_base_/schedules/schedule_mini.py',
    '../_base_/default_runtime.py'
]
data_root = 'data/synhico_detection/'
attention = dict(embed_dims=128, num_heads=8, batch_first=True)
ffn = dict(
    embed_dims=128,
    feedforward_channels=512,
    num_fcs=2,
    ffn_drop=0.0,
    act_cfg=dict(type='ReLU', inplace=True))
model = dict(
    type='mmdet.DETR',
    num_queries=16,
    data_preprocessor=dict(
        type='mmdet.DetDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
        pad_size_divisor=1),
    backbone=dict(  # stride 16, not 32: small features converge sooner
        type='mmdet.ResNet',
        depth=18,
        base_channels=24,
        stem_channels=24,
        num_stages=3,
        strides=(1, 2, 2),
        dilations=(1, 1, 1),
        out_indices=(2, ),
        norm_cfg=dict(type='BN', requires_grad=True),
        norm_eval=False),
    neck=dict(
        type='mmdet.ChannelMapper',
        in_channels=[96],
        kernel_size=1,
        out_channels=128,
        act_cfg=None,
        norm_cfg=None,
        num_outs=1),
    positional_encoding=dict(num_feats=64, normalize=True),
    encoder=dict(  # mmdet.DetrTransformerEncoder
        num_layers=2,
        layer_cfg=dict(self_attn_cfg=attention, ffn_cfg=ffn)),
    decoder=dict(  # mmdet.DetrTransformerDecoder
        num_layers=3,
        return_intermediate=True,
        layer_cfg=dict(
            self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=ffn)),
    bbox_head=dict(
        type='Float32DETRHead',
        num_classes=80,
        embed_dims=128,
        loss_cls=dict(type='mmdet.CrossEntropyLoss', loss_weight=1.0),
        loss_bbox=dict(type='mmdet.L1Loss', loss_weight=5.0),
        loss_iou=dict(type='mmdet.GIoULoss', loss_weight=2.0)),
    train_cfg=dict(
        assigner=dict(
            type='mmdet.HungarianAssigner',
            match_costs=[
                dict(type='mmdet.ClassificationCost', weight=1.0),
                dict(type='mmdet.BBoxL1Cost', weight=5.0, box_format='xywh'),
                dict(type='mmdet.IoUCost', iou_mode='giou', weight=2.0)
            ])),
    test_cfg=dict(max_per_img=16))

train_pipeline = [
    dict(type='LoadHOIImage'),
    dict(type='LoadHOIAnnotations'),
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4),
    dict(type='mmdet.PackDetInputs')
]
test_pipeline = [
    dict(type='LoadHOIImage'),
    dict(type='mmdet.Resize', scale=(192, 160), keep_ratio=True),
    dict(type='LoadHOIAnnotations', clamp=False),
    dict(
        type='mmdet.PackDetInputs',
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape',
                   'scale_factor', 'img_unreadable'))
]
train_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(_delete_=True, type='mmdet.VOCMetric', metric='mAP')
test_evaluator = val_evaluator
train_cfg = dict(max_epochs=3)
default_hooks = dict(checkpoint=dict(save_best='pascal_voc/mAP'))
visualizer = dict(type='mmdet.DetLocalVisualizer')
