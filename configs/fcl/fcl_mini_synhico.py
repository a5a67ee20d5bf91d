# The mini FCL on SynHICO: pairs of the boxes of the mini detector.
_base_ = [
    '../_base_/models/pair_streams_mini.py',
    '../_base_/datasets/synhico_without_clip.py',
    '../_base_/schedules/schedule_mini_head.py', '../_base_/default_runtime.py'
]
model = dict(
    interaction_head=dict(
        streams=dict(
            verb=dict(
                inputs=['union'],
                classes='verb',
                hidden_dims=(),
                negatives=0.125,
                loss_weight=0.3)),
        composer=dict(
            type='ObjectFabricator',
            class_weights=dict(type='ClassFrequencyWeights', unseen=20.0))),
    # The verb stream only trains the verb features.
    test_cfg=dict(streams=('spatial', 'verb_object')))
