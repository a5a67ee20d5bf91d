# CDN-S on HICO-DET: 8 GPUs x 2 images, 90 epochs.
_base_ = [
    '../_base_/models/cdn_s_r50.py', '../_base_/datasets/hico_det.py',
    '../_base_/schedules/schedule_90e.py', '../_base_/default_runtime.py'
]
# There is no CLIP to see the images.
train_pipeline = [
    step for step in _base_.train_pipeline if step['type'] != 'CLIPView'
]
test_pipeline = [
    step for step in _base_.test_pipeline if step['type'] != 'CLIPView'
]
train_dataloader = dict(
    batch_size=2, dataset=dict(max_instances=64, pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
# facebookresearch's DETR, trained on COCO, as it is distributed.
load_from = 'checkpoints/detr-r50-e632da11.pth'
