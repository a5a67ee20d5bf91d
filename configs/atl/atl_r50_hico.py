# ATL on HICO-DET with the objects of COCO (https://arxiv.org/abs/2104.02867):
# a step is one image of pairs and two of objects.
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
    train_pair_sampler=dict(type='ObjectImagePairSampler'),
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
            type='VerbObjectComposer',
            source='objects',
            mode='def4',
            loss_weight=1.0,
            class_weights=dict(
                type='ClassFrequencyWeights',
                counts_file='hico_det_mined_negatives.json',
                unseen=20.0))),
    # The verb stream only trains the verb features.
    test_cfg=dict(streams=('spatial', 'verb_object')))
# Any data set of boxes with HICO-DET's object classes. V-COCO's test images
# are in train2017: for V-COCO take train2014.
object_images = dict(
    type='mmdet.CocoDataset',
    data_root='data/coco/',
    ann_file='annotations/instances_train2014.json',
    data_prefix=dict(img='train2014/'))
train_dataset = _base_.train_dataloader.dataset
train_dataloader = dict(
    batch_size=3,
    sampler=dict(_delete_=True, type='ObjectImageSampler'),
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[
            train_dataset,
            dict(
                type='ObjectImages',
                label_space='hico_det',
                pipeline=_base_.train_pipeline,
                dataset=object_images)
        ]))
auto_scale_lr = dict(base_batch_size=3)
