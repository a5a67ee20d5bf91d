# The mini HOICLIP on SynHICO's scenes in V-COCO's label space and formats.
_base_ = '../hoiclip_mini_synhico.py'
label_space = 'vcoco'
dataset = dict(type='VCOCODataset', data_root='data/synvcoco/')
model = dict(
    bbox_head=dict(
        label_space=label_space, interaction_classifier=dict(verb_weight=0.1)))
train_dataloader = dict(
    dataset=dict(ann_file='annotations/trainval_vcoco.json', **dataset))
val_dataloader = dict(
    dataset=dict(
        ann_file='annotations/test_vcoco.json', bbox_origin=0, **dataset))
test_dataloader = val_dataloader
val_evaluator = dict(_delete_=True, type='VCOCOMetric')
test_evaluator = val_evaluator
default_hooks = dict(checkpoint=dict(save_best='vcoco/scenario_1'))
