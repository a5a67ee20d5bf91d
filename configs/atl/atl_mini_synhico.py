# The mini ATL on SynHICO: each image is followed by two of objects only.
_base_ = [
    '../_base_/models/pair_streams_mini.py',
    '../_base_/datasets/synhico_without_clip.py',
    '../_base_/schedules/schedule_mini_head.py', '../_base_/default_runtime.py'
]
model = dict(
    train_pair_sampler=dict(type='ObjectImagePairSampler'),
    interaction_head=dict(
        streams=dict(
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
            class_weights=dict(type='ClassFrequencyWeights', unseen=20.0))),
    # The verb stream only trains the verb features.
    test_cfg=dict(streams=('spatial', 'verb_object')))
train_dataset = _base_.train_dataloader.dataset
train_dataloader = dict(
    # 32 scenes, as the other methods have, and 64 of objects.
    batch_size=96,
    sampler=dict(_delete_=True, type='ObjectImageSampler'),
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[
            train_dataset,
            dict(
                type='ObjectImages',
                label_space='synhico',
                pipeline=train_dataset.pipeline,
                # Objects of any data set; here those of the same scenes.
                dataset=dict(
                    type=train_dataset.type,
                    data_root=train_dataset.data_root,
                    ann_file=train_dataset.ann_file,
                    data_prefix=train_dataset.data_prefix))
        ]))
