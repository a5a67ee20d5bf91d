# VCL on HICO-DET (https://arxiv.org/abs/2007.12407).
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
        composer=dict(
            type='VerbObjectComposer',
            mode='def1',
            class_weights=dict(
                type='ClassFrequencyWeights',
                counts_file='hico_det_mined_negatives.json',
                unseen=20.0))))
