# HOICLIP on HICO-DET: 2 GPUs x 8 images, 90 epochs.
_base_ = [
    '../_base_/models/hoiclip_r50.py', '../_base_/datasets/hico_det.py',
    '../_base_/schedules/schedule_90e.py', '../_base_/default_runtime.py'
]
# Made from DETR's COCO checkpoint; the README of this folder says how.
load_from = 'checkpoints/detr_r50_coco_hoi_init.pth'
