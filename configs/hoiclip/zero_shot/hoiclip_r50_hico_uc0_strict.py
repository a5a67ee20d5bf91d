# Zero-shot, strict: pairs with an unseen HOI of the split "uc0" take part
# neither in training nor in the verb embeddings.
_base_ = './hoiclip_r50_hico_uc0.py'
model = dict(
    bbox_head=dict(interaction_classifier=dict(verbs=dict(strict=True))))
