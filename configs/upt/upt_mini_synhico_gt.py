# The mini UPT with the annotated boxes, in training and test: a bound of what
# a better detector could bring.
_base_ = './upt_mini_synhico_roi.py'
boxes = dict(type='LoadGTDetections')
train_pipeline = _base_.train_pipeline
train_pipeline.insert(-1, boxes)
test_pipeline = _base_.test_pipeline
test_pipeline.insert(-1, boxes)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
