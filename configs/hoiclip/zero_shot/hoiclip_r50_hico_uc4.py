# Zero-shot as in the paper: training never sees the HOIs of the split
# "uc4", but verb embeddings may come from all training pairs.
_base_ = '../hoiclip_r50_hico.py'
zero_shot_split = 'uc4'
model = dict(bbox_head=dict(zero_shot_split=zero_shot_split))
train_dataloader = dict(dataset=dict(zero_shot_split=zero_shot_split))
val_evaluator = dict(zero_shot_split=zero_shot_split)
test_evaluator = val_evaluator
