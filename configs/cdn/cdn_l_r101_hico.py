# CDN-L on HICO-DET: ResNet-101, and twice as many decoder layers.
_base_ = './cdn_s_r50_hico.py'
model = dict(
    backbone=dict(depth=101),
    decoder=dict(num_layers=6),
    interaction_decoder=dict(num_layers=6))
load_from = 'checkpoints/detr-r101-2c7b67e5.pth'
