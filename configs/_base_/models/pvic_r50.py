# PViC with a frozen DETR (https://arxiv.org/abs/2308.06202).
_base_ = './upt_r50.py'
model = dict(
    pair_proposer=dict(selector=dict(score_thr=0.05, clip=True)),
    interaction_head=dict(
        _delete_=True,
        type='PViCHead',
        embed_dims=256,
        # C5; C4 and C5 are [1024, 2048], and out_indices=(2, 3) of the
        # backbone.
        in_channels=[2048],
        pair_dims=384,
        num_heads=8,
        num_unary_layers=2,
        num_key_layers=1,
        num_decoder_layers=2,
        dropout=0.1,
        label_space='hico_det',
        loss_hoi=dict(type='PriorFocalLoss', alpha=0.5, gamma=0.1)))
