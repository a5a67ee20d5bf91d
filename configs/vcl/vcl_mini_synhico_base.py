# Without composition: what VCL is compared with.
_base_ = './vcl_mini_synhico.py'
model = dict(interaction_head=dict(composer=None))
