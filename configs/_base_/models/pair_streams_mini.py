# A spatial stream and a verb-object stream on pairs of the boxes of the mini
# detector: the form of VCL, ATL and FCL, small.
attention = dict(
    embed_dims=128,
    num_heads=8,
    attn_drop=0.1,
    dropout_layer=dict(type='Dropout', drop_prob=0.1),
    batch_first=True)
ffn = dict(
    embed_dims=128,
    feedforward_channels=512,
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
    detector=dict(  # as in detr/detr_mini_synhico.py
        type='mmdet.DETR',
        num_queries=16,
        backbone=dict(
            type='mmdet.ResNet',
            depth=18,
            base_channels=24,
            stem_channels=24,
            num_stages=3,
            strides=(1, 2, 2),
            dilations=(1, 1, 1),
            out_indices=(2, ),
            norm_cfg=dict(type='BN', requires_grad=False),
            norm_eval=True,
            style='pytorch'),
        neck=dict(
            type='mmdet.ChannelMapper',
            in_channels=[96],
            kernel_size=1,
            out_channels=128,
            act_cfg=None,
            norm_cfg=None,
            num_outs=1),
        positional_encoding=dict(num_feats=64, normalize=True),
        encoder=dict(
            num_layers=2, layer_cfg=dict(self_attn_cfg=attention,
                                         ffn_cfg=ffn)),
        decoder=dict(
            num_layers=3,
            return_intermediate=True,
            layer_cfg=dict(
                self_attn_cfg=attention, cross_attn_cfg=attention,
                ffn_cfg=ffn)),
        bbox_head=dict(
            type='Float32DETRHead',
            num_classes=80,
            embed_dims=128,
            loss_cls=dict(type='mmdet.CrossEntropyLoss', loss_weight=1.0),
            loss_bbox=dict(type='mmdet.L1Loss', loss_weight=5.0),
            loss_iou=dict(type='mmdet.GIoULoss', loss_weight=2.0)),
        init_cfg=dict(
            type='Pretrained',
            checkpoint='mmhoi://mini/mini_detector.safetensors')),
    pair_proposer=dict(
        type='HumanObjectPairs',
        selector=dict(
            type='InstanceSelector',
            score_thr=0.2,
            nms_iou_thr=0.5,
            min_instances=3,
            max_instances=15,
            human_label=0)),
    train_pair_sampler=dict(
        type='JitterPairSampler', max_pairs=5, copies=2, neg_ratio=3),
    instance_features=dict(
        type='PairRoIFeatures',
        stride=16,
        roi_size=4,
        source='memory',
        crop_layer=dict(
            type='TwoMLPHead', in_channels=2048, representation_size=128)),
    interaction_head=dict(
        type='PairStreamHead',
        embed_dims=128,
        label_space='synhico',
        class_weights=dict(type='ClassFrequencyWeights'),
        streams=dict(
            spatial=dict(
                inputs=[
                    'sub',
                    dict(type='BoxPairMap', map_size=32, channels=(16, 16))
                ],
                hidden_dims=(128, ),
                dropout=0.0),
            verb_object=dict(
                inputs=['union', 'obj'],
                hidden_dims=(128, ),
                dropout=0.0,
                negatives=0.125,
                loss_weight=2.0))),
    # As many as the other mini models predict.
    test_cfg=dict(max_per_img=100))
