# Ablation "+CLIP": the interaction decoder of "base" attends to CLIP's tokens
# instead of the detector's memory.
_base_ = '../hoiclip_mini_synhico.py'
model = dict(
    interaction_decoder=dict(sources=('clip', )),
    bbox_head=dict(
        interaction_classifier=dict(
            _delete_=True, type='TextHOIClassifier', frozen=True)),
    test_cfg=dict(training_free_enhancement=None))
