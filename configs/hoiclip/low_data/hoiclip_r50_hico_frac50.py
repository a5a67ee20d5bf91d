# Low data: 50 % of the training images.
_base_ = '../hoiclip_r50_hico.py'
train_dataloader = dict(dataset=dict(fraction=0.5))
