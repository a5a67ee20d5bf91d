# A spatial stream and a verb-object stream on pairs of the boxes of the mini
# detector: the form of VCL, ATL and FCL, small.
_base_ = './two_stage_detr_mini.py'
model = dict(
    train_pair_sampler=dict(
        type='JitterPairSampler', max_pairs=5, copies=2, neg_ratio=3),
    instance_features=dict(
        type='PairRoIFeatures',
        stride=16,
        roi_size=4,
        # A DETR's encoder has looked at all of the image: a union would tell
        # which object is in it, and compositions would be told from pairs.
        source='backbone',
        crop_layer=dict(
            type='TwoMLPHead', in_channels=1536, representation_size=128)),
    interaction_head=dict(
        type='PairStreamHead',
        embed_dims=128,
        label_space='synhico',
        class_weights=dict(type='ClassFrequencyWeights'),
        streams=dict(
            spatial=dict(
                inputs=[
                    'sub',
                    dict(type='BoxPairMap', map_size=32, channels=(16, 16))
                ],
                hidden_dims=(256, ),
                dropout=0.0),
            verb_object=dict(
                inputs=['union', 'obj'],
                hidden_dims=(256, ),
                dropout=0.0,
                negatives=0.125,
                loss_weight=2.0))))
