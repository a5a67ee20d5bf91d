# Without fabricated objects: what FCL is compared with.
_base_ = './fcl_mini_synhico.py'
model = dict(interaction_head=dict(composer=None))
