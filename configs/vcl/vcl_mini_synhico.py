# The mini VCL on SynHICO: pairs of the boxes of the mini detector.
_base_ = [
    '../_base_/models/pair_streams_mini.py',
    '../_base_/datasets/synhico_without_clip.py',
    '../_base_/schedules/schedule_mini_head.py', '../_base_/default_runtime.py'
]
model = dict(
    interaction_head=dict(
        composer=dict(
            type='VerbObjectComposer',
            mode='def1',
            class_weights=dict(type='ClassFrequencyWeights', unseen=20.0))))
