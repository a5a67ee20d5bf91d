# Ablation "+verb": the verb branch starts from visual semantic arithmetic.
_base_ = '../hoiclip_mini_synhico.py'
embeddings = 'mmhoi://mini/verb_embeddings_arithmetic.safetensors'
model = dict(
    bbox_head=dict(
        interaction_classifier=dict(verbs=dict(embeddings=embeddings))))
