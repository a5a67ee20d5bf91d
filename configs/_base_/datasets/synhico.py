# SynHICO: rendered scenes of 192 x 160 pixels in HICO-DET's layout. Augmented
# images keep that size, so batches need no padding.
dataset_type = 'SynHICODataset'
data_root = 'data/synhico/'
clip_size = 96
img_scale = (192, 160)

train_pipeline = [
    dict(type='LoadHOIImage', on_error='stop'),
    dict(type='LoadHOIAnnotations'),
    dict(type='mmdet.RandomFlip', prob=0.5),
    dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4),
    dict(
        type='RandomApply',
        transforms=[
            dict(
                type='mmdet.RandomCrop',
                crop_type='relative_range',
                crop_size=(0.75, 0.75),
                allow_negative_crop=True),
            dict(type='mmdet.Resize', scale=img_scale, keep_ratio=False)
        ],
        prob=0.5),
    dict(type='CLIPView', size=clip_size),
    dict(type='PackHOIInputs')
]
# Annotations come after the resize: they stay in original pixels, raw.
test_pipeline = [
    dict(type='LoadHOIImage', on_error='stop'),
    dict(type='DETRResize', scale=img_scale),
    dict(type='CLIPView', size=clip_size),
    dict(type='LoadHOIAnnotations', clamp=False),
    dict(type='PackHOIInputs')
]

train_dataloader = dict(
    batch_size=32,
    num_workers=1,
    persistent_workers=True,
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
        filter_cfg=dict(filter_empty_gt=True),
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=50,
    num_workers=1,
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
