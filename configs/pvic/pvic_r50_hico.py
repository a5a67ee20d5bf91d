# PViC on HICO-DET: a frozen DETR with ResNet-50, 30 epochs.
_base_ = [
    '../_base_/models/pvic_r50.py', '../_base_/datasets/hico_det.py',
    '../_base_/schedules/schedule_90e.py', '../_base_/default_runtime.py'
]
# DETR, fine-tuned on the boxes of HICO-DET; the README of this folder says
# where it comes from.
model = dict(
    detector=dict(
        init_cfg=dict(
            type='Pretrained', checkpoint='checkpoints/detr-r50-hicodet.pth')))
# There is no CLIP to see the images.
train_pipeline = [
    step for step in _base_.train_pipeline if step['type'] != 'CLIPView'
]
test_pipeline = [
    step for step in _base_.test_pipeline if step['type'] != 'CLIPView'
]
train_dataloader = dict(
    dataset=dict(max_instances=None, pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
train_cfg = dict(max_epochs=30)
param_scheduler = [
    dict(
        type='MultiStepLR',
        begin=0,
        end=30,
        by_epoch=True,
        milestones=[20],
        gamma=0.2)
]
