# HICO-DET in HOIA-format json, with the official training augmentation.
dataset_type = 'HICODetDataset'
data_root = 'data/hico_20160224_det/'
clip_size = 224
train_scales = [(1333, short) for short in range(480, 801, 32)]

train_pipeline = [
    dict(type='LoadHOIImage', on_error='stop'),
    dict(type='LoadHOIAnnotations'),
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4),
    dict(
        type='RandomChoice',
        transforms=[[
            dict(
                type='RandomChoiceResize',
                scales=train_scales,
                resize_type='mmhoi.DETRResize')
        ],
                    [
                        dict(
                            type='RandomChoiceResize',
                            scales=[400, 500, 600],
                            resize_type='mmhoi.DETRResize'),
                        dict(
                            type='mmdet.RandomCrop',
                            crop_type='absolute_range',
                            crop_size=(384, 600),
                            allow_negative_crop=True),
                        dict(
                            type='RandomChoiceResize',
                            scales=train_scales,
                            resize_type='mmhoi.DETRResize')
                    ]]),
    dict(type='CLIPView', size=clip_size),
    dict(type='PackHOIInputs')
]
# Annotations come after the resize: they stay in original pixels, raw.
test_pipeline = [
    dict(type='LoadHOIImage', on_error='stop'),
    dict(type='DETRResize', scale=(1333, 800)),
    dict(type='CLIPView', size=clip_size),
    dict(type='LoadHOIAnnotations', clamp=False),
    dict(type='PackHOIInputs')
]

train_dataloader = dict(
    batch_size=8,
    num_workers=4,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/trainval_hico.json',
        data_prefix=dict(img_path='images/train2015/'),
        bbox_origin=0,
        zero_shot_split=None,
        fraction=None,
        fraction_seed=0,
        # As many as the model has queries, as official training does.
        max_instances=64,
        filter_cfg=dict(filter_empty_gt=True),
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=1,
    num_workers=2,
    persistent_workers=True,
    drop_last=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/test_hico.json',
        data_prefix=dict(img_path='images/test2015/'),
        # Unlike the training file, this one numbers pixels from 1.
        bbox_origin=1,
        test_mode=True,
        pipeline=test_pipeline))
test_dataloader = val_dataloader

val_evaluator = dict(type='HICODetMetric')
test_evaluator = val_evaluator
