# Verb embeddings by the method "text". The row of the method "arithmetic" is
# hoiclip_mini_synhico_ablation-verb.py.
_base_ = '../hoiclip_mini_synhico.py'
embeddings = 'mmhoi://mini/verb_embeddings_text.safetensors'
model = dict(
    bbox_head=dict(
        interaction_classifier=dict(verbs=dict(embeddings=embeddings))))
