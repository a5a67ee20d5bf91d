# GEN-VLKT-S on HICO-DET: ResNet-50, 3 + 3 decoder layers, 90 epochs.
_base_ = [
    '../_base_/models/gen_vlkt_r50.py', '../_base_/datasets/hico_det.py',
    '../_base_/schedules/schedule_90e.py', '../_base_/default_runtime.py'
]
# CLIP teaches in training only: images of the test need no view for it.
test_pipeline = [
    dict(type='LoadHOIImage', on_error='stop'),
    dict(type='DETRResize', scale=(1333, 800)),
    dict(type='LoadHOIAnnotations', clamp=False),
    dict(type='PackHOIInputs')
]
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
# The classifiers stay near the texts that they start from.
slow = dict(lr_mult=0.1)
optim_wrapper = dict(
    paramwise_cfg=dict(
        custom_keys={
            'interaction_classifier.texts.weight': slow,
            'interaction_classifier.texts.bias': slow,
            'obj_classifier.texts.weight': slow,
            'obj_classifier.texts.bias': slow
        }))
# Made from DETR's COCO checkpoint; the README of this folder says how.
load_from = 'checkpoints/detr_r50_coco_gen_vlkt_s_init.pth'
