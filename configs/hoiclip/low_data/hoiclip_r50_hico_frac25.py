# Low data: 25 % of the training images.
_base_ = '../hoiclip_r50_hico.py'
train_dataloader = dict(dataset=dict(fraction=0.25))
