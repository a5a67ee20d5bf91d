# A spatial stream and a verb-object stream, the form of VCL, ATL and FCL
# (https://arxiv.org/abs/2007.12407): pairs of a detector's boxes, and a
# ResNet-50 of its own that is trained.
_base_ = './two_stage_detr_r50.py'
norm_cfg = dict(type='BN', requires_grad=False)
model = dict(
    train_pair_sampler=dict(type='JitterPairSampler'),
    # The rule of VCL, ATL and FCL for a detector fine-tuned on HICO-DET; for
    # one of COCO they take 0.8 and 0.3.
    pair_proposer=dict(
        _delete_=True,
        type='DetectionPairs',
        sub_score_thr=0.3,
        obj_score_thr=0.1,
        max_subs=None,
        max_objs=None,
        max_humans_as_objs=None,
        fallback=4),
    instance_features=dict(
        type='PairRoIFeatures',
        stride=16,
        roi_size=7,
        source='backbone',
        backbone=dict(
            type='mmdet.ResNet',
            depth=50,
            num_stages=3,
            strides=(1, 2, 2),
            dilations=(1, 1, 1),
            out_indices=(2, ),
            frozen_stages=1,
            norm_cfg=norm_cfg,
            norm_eval=True,
            style='pytorch',
            init_cfg=dict(
                type='Pretrained', checkpoint='torchvision://resnet50')),
        crop_layer=dict(
            type='mmdet.ResLayer',
            depth=50,
            stage=3,
            stride=1,
            norm_cfg=norm_cfg,
            init_cfg=dict(
                type='Pretrained', checkpoint='torchvision://resnet50'))),
    interaction_head=dict(
        type='PairStreamHead',
        embed_dims=2048,
        label_space='hico_det',
        class_weights=dict(
            type='ClassFrequencyWeights',
            counts_file='hico_det_mined_negatives.json'),
        # The official losses are sums over the two images of a step; here they
        # are means, of twice the weight.
        streams=dict(
            spatial=dict(
                inputs=['sub', dict(type='BoxPairMap')], loss_weight=2.0),
            verb_object=dict(
                inputs=['union', 'obj'], negatives=0.125, loss_weight=4.0))),
    # All combinations are predictions, as in the official evaluation.
    test_cfg=dict(max_per_img=None))
