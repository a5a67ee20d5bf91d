# Without fabricated objects: the first step of FCL's training step by step,
# and what FCL is compared with.
_base_ = './fcl_r50_hico.py'
model = dict(interaction_head=dict(composer=None))
