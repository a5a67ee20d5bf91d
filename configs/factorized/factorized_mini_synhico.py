# The mini of the factorised model on SynHICO.
_base_ = [
    '../_base_/models/pair_streams_mini.py',
    '../_base_/datasets/synhico_without_clip.py',
    '../_base_/schedules/schedule_mini_head.py', '../_base_/default_runtime.py'
]
model = dict(
    interaction_head=dict(
        class_weights=None,
        streams=dict(
            _delete_=True,
            verb=dict(
                inputs=['sub', 'union',
                        dict(type='BoxPairOffsets')],
                classes='verb',
                hidden_dims=(128, ),
                dropout=0.0),
            object=dict(
                inputs=['obj'],
                classes='object',
                hidden_dims=(128, ),
                dropout=0.0))))
