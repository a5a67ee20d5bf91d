# HOICLIP with ResNet-50 and CLIP ViT-B/32 (https://arxiv.org/abs/2303.15786).
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
# As wide as CLIP's tokens.
clip_attention = dict(attention, embed_dims=768)
clip_ffn = dict(ffn, embed_dims=768)
model = dict(
    type='QueryPairDetector',
    queries=dict(type='HumanObjectQueries'),
    num_queries=64,
    clip=dict(model_name='ViT-B-32-quickgelu', pretrained='openai'),
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
    decoder=dict(  # mmdet.DetrTransformerDecoder: the instance decoder
        num_layers=3,
        return_intermediate=True,
        layer_cfg=dict(
            self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=ffn)),
    interaction_decoder=dict(
        type='CLIPInteractionDecoder',
        num_layers=3,
        memory_dims=256,
        sources=('clip', 'memory'),
        layer_cfg=dict(
            self_attn_cfg=clip_attention,
            cross_attn_cfg=clip_attention,
            ffn_cfg=clip_ffn)),
    bbox_head=dict(
        type='PairHead',
        embed_dims=256,
        label_space='hico_det',
        obj_classifier=dict(type='TextObjectClassifier', frozen=True),
        interaction_classifier=dict(
            type='TextVerbHOIClassifier',
            frozen=True,
            verbs=dict(hidden_dims=256),
            verb_weight=0.5),
        loss_hoi=dict(
            type='InteractionFocalLoss',
            pos_weight=0.5,
            neg_weight=0.5,
            loss_weight=2.0),
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
    test_cfg=dict(
        max_per_img=100,
        pair_nms=dict(iou_thr=0.7, sub_power=1.0, obj_power=0.5),
        training_free_enhancement=dict(topk=10)))
