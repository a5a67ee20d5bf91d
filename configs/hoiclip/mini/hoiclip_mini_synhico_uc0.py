# Zero-shot: training never sees the HOIs of the split "uc0".
_base_ = '../hoiclip_mini_synhico.py'
zero_shot_split = 'uc0'
model = dict(bbox_head=dict(zero_shot_split=zero_shot_split))
train_dataloader = dict(dataset=dict(zero_shot_split=zero_shot_split))
val_evaluator = dict(zero_shot_split=zero_shot_split)
test_evaluator = val_evaluator
