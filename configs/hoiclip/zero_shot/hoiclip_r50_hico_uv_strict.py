# Zero-shot, strict: pairs with an unseen HOI of the split "uv" take part
# neither in training nor in the verb embeddings.
_base_ = './hoiclip_r50_hico_uv.py'
model = dict(
    bbox_head=dict(interaction_classifier=dict(verbs=dict(strict=True))))
