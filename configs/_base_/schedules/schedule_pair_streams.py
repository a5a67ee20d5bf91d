# VCL and its kin: 800,000 steps of two images, in epochs of HICO-DET.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=42, val_interval=6)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

# The official weight decay of 5e-4 is declared, but never added to the loss;
# gradients are clipped tensor by tensor there.
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9),
    clip_grad=dict(max_norm=1.0, norm_type=2))
param_scheduler = [
    dict(type='StepLR', by_epoch=True, begin=0, step_size=2, gamma=0.96)
]
auto_scale_lr = dict(enable=False, base_batch_size=2)
