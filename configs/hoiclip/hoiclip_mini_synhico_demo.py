# What `make demo` trains: fewer scenes, few epochs.
_base_ = './hoiclip_mini_synhico.py'
randomness = dict(seed=0)
data_root = 'data/synhico_demo/'
train_cfg = dict(max_epochs=4, val_interval=4)
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
