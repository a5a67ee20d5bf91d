# For mini heads that are trained from nothing on a frozen detector.
_base_ = './schedule_mini.py'
optim_wrapper = dict(optimizer=dict(lr=2e-3))
train_cfg = dict(max_epochs=4, val_interval=4)
