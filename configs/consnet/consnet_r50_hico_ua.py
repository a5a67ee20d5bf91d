# Zero-shot: training never sees the HOIs of the split "ua".
_base_ = './consnet_r50_hico.py'
zero_shot_split = 'ua'
model = dict(interaction_head=dict(zero_shot_split=zero_shot_split))
train_dataloader = dict(dataset=dict(zero_shot_split=zero_shot_split))
val_evaluator = dict(zero_shot_split=zero_shot_split)
test_evaluator = val_evaluator
