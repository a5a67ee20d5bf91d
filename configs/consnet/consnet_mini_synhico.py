# The mini ConsNet on SynHICO: pairs of the boxes of the mini detector.
_base_ = [
    '../_base_/models/two_stage_detr_mini.py',
    '../_base_/datasets/synhico_without_clip.py',
    '../_base_/schedules/schedule_mini_head.py', '../_base_/default_runtime.py'
]
pairs = dict(type='DetectionPairs', nms_iou_thr=0.6, with_itself=True)
model = dict(
    pair_proposer=dict(_delete_=True, **pairs),
    train_pair_sampler=dict(
        type='IoUPairSampler',
        pairs=dict(
            sub_score_thr=0.1,
            max_subs=None,
            max_objs=None,
            max_humans_as_objs=None,
            **pairs)),
    instance_features=dict(
        type='RoIInstanceFeatures',
        embed_dims=128,
        in_channels=128,
        stride=16,
        roi_size=4),
    interaction_head=dict(
        type='ConsNetHead',
        embed_dims=128,
        label_space='synhico',
        graph=dict(
            clip=dict(model_name='mmhoi-mini', pretrained=None),
            hidden_dims=(256, 256),
            num_heads=(4, 4, 4))))
