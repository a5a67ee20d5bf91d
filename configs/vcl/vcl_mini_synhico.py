# The mini VCL on SynHICO: pairs of the boxes of the mini detector.
_base_ = [
    '../_base_/models/pair_streams_mini.py', '../_base_/datasets/synhico.py',
    '../_base_/schedules/schedule_mini.py', '../_base_/default_runtime.py'
]
model = dict(
    interaction_head=dict(
        composer=dict(type='VerbObjectComposer', mode='def1')))
# There is no CLIP to see the images.
train_pipeline = [
    step for step in _base_.train_pipeline if step['type'] != 'CLIPView'
]
test_pipeline = [
    step for step in _base_.test_pipeline if step['type'] != 'CLIPView'
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
