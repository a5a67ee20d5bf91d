# The second step of CDN-S: both decoders and the head are trained on, with
# weights of classes that follow what the last batches had.
_base_ = './cdn_s_r50_hico.py'
model = dict(
    frozen=['backbone', 'neck', 'encoder', 'queries'],
    bbox_head=dict(object_reweighting=dict(), verb_reweighting=dict()))
train_cfg = dict(max_epochs=10)
optim_wrapper = dict(optimizer=dict(lr=1e-5))
param_scheduler = []
# The last checkpoint of the first step.
load_from = 'work_dirs/cdn_s_r50_hico/epoch_90.pth'
