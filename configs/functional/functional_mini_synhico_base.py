# Without swaps of similar objects: what they are compared with.
_base_ = './functional_mini_synhico.py'
model = dict(interaction_head=dict(composer=None))
