# HOICLIP with parameters, gradients and optimizer state shared among the GPUs
# (FullyShardedDataParallel): each needs less memory than by copies of them.
_base_ = './hoiclip_r50_hico.py'
runner_type = 'FlexibleRunner'
# The runner looks for its strategy before it knows the default scope.
strategy = dict(type='mmhoi.HOIFSDPStrategy')
