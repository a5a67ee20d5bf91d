# The mini of functional generalisation on SynHICO.
_base_ = [
    '../_base_/models/pair_streams_mini.py',
    '../_base_/datasets/synhico_without_clip.py',
    '../_base_/schedules/schedule_mini_head.py', '../_base_/default_runtime.py'
]
words = dict(clip=dict(model_name='mmhoi-mini', pretrained=None))
model = dict(
    instance_features=dict(
        _delete_=True,
        type='RoIInstanceFeatures',
        embed_dims=128,
        in_channels=128,
        stride=16,
        roi_size=4),
    interaction_head=dict(
        class_weights=None,
        streams=dict(
            _delete_=True,
            functional=dict(
                inputs=[
                    'sub',
                    dict(type='ClassWords', label_space='synhico', **words),
                    dict(type='BoxPairOffsets')
                ],
                classes='verb',
                hidden_dims=(256, 128),
                dropout=0.0)),
        composed_stream='functional',
        composer=dict(type='SimilarObjects', words=words)))
