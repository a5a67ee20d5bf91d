# Zero-shot: training never sees the HOIs of the split "uo". Prediction uses
# the texts as they were before training.
_base_ = './gen_vlkt_s_r50_hico.py'
zero_shot_split = 'uo'
model = dict(
    bbox_head=dict(
        zero_shot_split=zero_shot_split, hoi_classifier=dict(fixed_eval=True)))
train_dataloader = dict(dataset=dict(zero_shot_split=zero_shot_split))
val_evaluator = dict(zero_shot_split=zero_shot_split)
test_evaluator = val_evaluator
