# For more GPUs or a larger model: each process holds a part of the weights.
_base_ = ['./hoiclip_r50_hico.py', '../_base_/strategies/fsdp.py']
