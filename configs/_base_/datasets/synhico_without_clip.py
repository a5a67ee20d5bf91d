# SynHICO for methods without CLIP, which would have to see the images, too.
_base_ = './synhico.py'
train_pipeline = [
    step for step in _base_.train_pipeline if step['type'] != 'CLIPView'
]
test_pipeline = [
    step for step in _base_.test_pipeline if step['type'] != 'CLIPView'
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
