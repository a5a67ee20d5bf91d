# Zero-shot, strict: pairs with an unseen HOI of the split "uc2" take part
# neither in training nor in the verb embeddings.
_base_ = './hoiclip_r50_hico.py'
zero_shot_split = 'uc2'
model = dict(
    bbox_head=dict(
        zero_shot_split=zero_shot_split,
        interaction_classifier=dict(verbs=dict(strict=True))))
train_dataloader = dict(dataset=dict(zero_shot_split=zero_shot_split))
val_evaluator = dict(zero_shot_split=zero_shot_split)
test_evaluator = val_evaluator
