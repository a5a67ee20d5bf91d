# Zero-shot: training never sees the HOIs of the split "rf_uc".
_base_ = './consnet_mini_synhico_no-graph.py'
zero_shot_split = 'rf_uc'
model = dict(interaction_head=dict(zero_shot_split=zero_shot_split))
train_dataloader = dict(dataset=dict(zero_shot_split=zero_shot_split))
val_evaluator = dict(zero_shot_split=zero_shot_split)
test_evaluator = val_evaluator
