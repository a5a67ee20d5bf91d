# Without graph: no class knows of another.
_base_ = './consnet_mini_synhico.py'
model = dict(interaction_head=dict(graph=dict(links='none')))
