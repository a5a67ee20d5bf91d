# Ablation "+free": "+verb" with the training-free enhancement, which is a test
# option only.
_base_ = '../hoiclip_mini_synhico.py'
embeddings = 'mmhoi://mini/verb_embeddings_arithmetic.safetensors'
model = dict(
    bbox_head=dict(
        interaction_classifier=dict(verbs=dict(embeddings=embeddings))),
    test_cfg=dict(training_free_enhancement=dict(_delete_=True, topk=10)))
