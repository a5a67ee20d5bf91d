# Parameters, gradients and optimizer state are split among the processes.
runner_type = 'FlexibleRunner'
strategy = dict(
    type='FSDPStrategy',
    # With the original parameters frozen and trainable ones may mix, and
    # names keep their learning rates.
    model_wrapper=dict(
        type='HOIFullyShardedDataParallel', use_orig_params=True),
    # One checkpoint of whole parameters, which every tool can read.
    state_dict_cfg='full')
