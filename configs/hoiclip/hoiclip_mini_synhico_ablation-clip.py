# Ablation "+CLIP": the interaction decoder of "base" attends to CLIP's tokens
# instead of the detector's memory.
_base_ = './hoiclip_mini_synhico.py'
model = dict(
    interaction_decoder=dict(sources=('clip', )),
    bbox_head=dict(verb_classifier=None),
    test_cfg=dict(training_free_enhancement=None))
