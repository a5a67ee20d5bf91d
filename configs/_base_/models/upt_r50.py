# UPT with a frozen DETR (https://arxiv.org/abs/2112.01838).
_base_ = './two_stage_detr_r50.py'
model = dict(
    instance_features=dict(type='QueryInstanceFeatures'),
    interaction_head=dict(
        type='UPTHead',
        embed_dims=256,
        global_dims=2048,
        pair_dims=512,
        num_heads=8,
        num_cooperative_layers=2,
        feedforward_dims=2048,
        num_branches=16,
        dropout=0.1,
        label_space='hico_det',
        loss_hoi=dict(type='PriorFocalLoss', alpha=0.5, gamma=0.2)),
    train_cfg=dict(
        prior_power=1.0, assigner=dict(type='PairIoUAssigner', iou_thr=0.5)),
    # All combinations are predictions, as in the official evaluation.
    test_cfg=dict(prior_power=2.8, max_per_img=None, pair_nms=None))
