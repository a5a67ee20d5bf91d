# The second step of CDN-L; see cdn_s_r50_hico_reweight.py.
_base_ = './cdn_s_r50_hico_reweight.py'
model = dict(
    backbone=dict(depth=101),
    decoder=dict(num_layers=6),
    interaction_decoder=dict(num_layers=6))
load_from = 'work_dirs/cdn_l_r101_hico/epoch_90.pth'
