# PViC on V-COCO: the 24 verb-roles that its benchmark counts.
_base_ = './pvic_r50_hico.py'
label_space = 'vcoco'
train_dataset = dict(
    type='VCOCODataset',
    data_root='data/v-coco/',
    ann_file='annotations/trainval_vcoco.json',
    data_prefix=dict(img_path='images/train2014/'))
test_dataset = dict(
    type='VCOCODataset',
    data_root='data/v-coco/',
    ann_file='annotations/test_vcoco.json',
    data_prefix=dict(img_path='images/val2014/'),
    bbox_origin=0)
model = dict(
    # facebookresearch's DETR, trained on COCO.
    detector=dict(
        init_cfg=dict(checkpoint='checkpoints/detr-r50-e632da11.pth')),
    interaction_head=dict(label_space=label_space, verbs='evaluated'))
train_dataloader = dict(dataset=train_dataset)
val_dataloader = dict(dataset=test_dataset)
test_dataloader = val_dataloader
val_evaluator = dict(_delete_=True, type='VCOCOMetric')
test_evaluator = val_evaluator
default_hooks = dict(checkpoint=dict(save_best='vcoco/scenario_1'))
