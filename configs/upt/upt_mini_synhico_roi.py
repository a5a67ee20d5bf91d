# The mini UPT whose tokens are pooled from the detector's features: they exist
# for the boxes of any detector, also for those that come with the images.
_base_ = './upt_mini_synhico.py'
model = dict(
    instance_features=dict(
        type='RoIInstanceFeatures',
        embed_dims=128,
        in_channels=128,
        stride=16,
        source='memory'))
