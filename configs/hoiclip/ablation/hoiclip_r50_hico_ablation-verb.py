# Ablation "+verb": HOICLIP with its verb branch, but without the training-free
# enhancement. The last row, "+free", is hoiclip_r50_hico.py itself.
_base_ = '../hoiclip_r50_hico.py'
model = dict(test_cfg=dict(training_free_enhancement=None))
