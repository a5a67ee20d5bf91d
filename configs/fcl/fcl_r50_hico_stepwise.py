# FCL step by step: the network of `fcl_r50_hico_base.py`; one epoch in which
# the fabricator alone learns; then both.
_base_ = './fcl_r50_hico.py'
load_from = 'work_dirs/fcl_r50_hico_base/epoch_42.pth'
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='PartsFirstHook', parts=['interaction_head.composer'])
]
# For training with several processes.
find_unused_parameters = True
