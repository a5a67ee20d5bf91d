# Zero-shot: training never sees the HOIs of the split "uc0".
# The classifiers stay as their texts are.
_base_ = './gen_vlkt_mini_synhico.py'
zero_shot_split = 'uc0'
model = dict(
    bbox_head=dict(
        zero_shot_split=zero_shot_split,
        obj_classifier=dict(frozen=True),
        interaction_classifier=dict(frozen=True, fixed_eval=True)))
train_dataloader = dict(dataset=dict(zero_shot_split=zero_shot_split))
val_evaluator = dict(zero_shot_split=zero_shot_split)
test_evaluator = val_evaluator
