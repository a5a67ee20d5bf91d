# HICO-DET as it is: one scale, no flip, no colour jitter, no crop; without
# CLIP, which would have to see the images, too.
_base_ = './hico_det.py'
train_pipeline = [
    dict(type='LoadHOIImage', on_error='stop'),
    dict(type='LoadHOIAnnotations'),
    dict(type='DETRResize', scale=(1333, 800)),
    dict(type='PackHOIInputs')
]
test_pipeline = [
    step for step in _base_.test_pipeline if step['type'] != 'CLIPView'
]
train_dataloader = dict(
    batch_size=2, dataset=dict(max_instances=None, pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
