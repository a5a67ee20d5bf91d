# FCL on HICO-DET (https://arxiv.org/abs/2103.08214): one image a step.
_base_ = [
    '../_base_/models/pair_streams_r50.py',
    '../_base_/datasets/hico_det_whole.py',
    '../_base_/schedules/schedule_pair_streams.py',
    '../_base_/default_runtime.py'
]
model = dict(
    # DETR, fine-tuned on the boxes of HICO-DET; the README of this folder says
    # where it comes from, and how other boxes are used.
    detector=dict(
        init_cfg=dict(
            type='Pretrained', checkpoint='checkpoints/detr-r50-hicodet.pth')),
    interaction_head=dict(
        streams=dict(
            spatial=dict(loss_weight=1.0),
            verb_object=dict(loss_weight=2.0),
            verb=dict(
                inputs=['union'],
                classes='verb',
                hidden_dims=(),
                negatives=0.125,
                loss_weight=0.3)),
        composer=dict(
            type='ObjectFabricator',
            class_weights=dict(type='ClassFrequencyWeights', unseen=20.0))),
    # The verb stream only trains the verb features.
    test_cfg=dict(streams=('spatial', 'verb_object')))
train_dataloader = dict(batch_size=1)
auto_scale_lr = dict(base_batch_size=1)
