# Ablation "+integration": the interaction decoder attends to CLIP's tokens and
# to the detector's memory; no verb branch, no training-free enhancement.
_base_ = '../hoiclip_mini_synhico.py'
model = dict(
    bbox_head=dict(
        interaction_classifier=dict(
            _delete_=True, type='TextHOIClassifier', frozen=True)),
    test_cfg=dict(training_free_enhancement=None))
