# Ablation "base": an interaction decoder over the detector's memory alone, no
# verb branch, no training-free enhancement.
_base_ = '../hoiclip_mini_synhico.py'
model = dict(
    interaction_decoder=dict(sources=('memory', )),
    bbox_head=dict(
        interaction_classifier=dict(
            _delete_=True, type='TextHOIClassifier', frozen=True)),
    test_cfg=dict(training_free_enhancement=None))
