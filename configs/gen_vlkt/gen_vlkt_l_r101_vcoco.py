# GEN-VLKT-L on V-COCO: ResNet-101, 6 + 6 decoder layers.
_base_ = './gen_vlkt_s_r50_vcoco.py'
model = dict(
    backbone=dict(depth=101),
    decoder=dict(num_layers=6),
    interaction_decoder=dict(num_layers=6))
load_from = 'checkpoints/detr_r101_coco_gen_vlkt_l_init.pth'
