# Copyright (c) mmhoi contributors.
"""Distributed runs on machines without an accelerator."""
import logging
import os
import sys
from datetime import timedelta

import torch.distributed as torch_dist
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.dist import is_distributed

from .setup_error import SetupError


def init_cpu_processes(cfg: Config) -> bool:
    """Join the process group here if the launched processes have no GPU.

    mmengine always selects a CUDA device when it joins the group and gives
    that device to DistributedDataParallel, so neither works on the CPU.

    Args:
        cfg (Config): The run's config. `launcher` and `env_cfg.dist_cfg` are
            read: the backend `nccl`, which needs GPUs, becomes `gloo`; any
            other backend is kept. `model_wrapper_cfg` is set so that the
            wrapper gets no device.

    Returns:
        bool: Whether the group was joined. False without a launcher and on
        machines with an accelerator: mmengine does it there.

    Raises:
        SetupError: If the launcher is not `pytorch`.
    """
    if cfg.launcher == 'none' or get_device() != 'cpu' or is_distributed():
        return False
    if cfg.launcher != 'pytorch':
        raise SetupError(
            f'launcher "{cfg.launcher}" needs GPUs, none was found; on CPUs '
            'use tools/dist_train.sh and tools/dist_test.sh, whose launcher '
            'is "pytorch"')
    dist_cfg = dict(cfg.get('env_cfg', {}).get('dist_cfg', {}))
    if dist_cfg.get('backend', 'nccl') == 'nccl':
        dist_cfg['backend'] = 'gloo'
    if 'timeout' in dist_cfg:
        dist_cfg['timeout'] = timedelta(seconds=dist_cfg['timeout'])
    torch_dist.init_process_group(**dist_cfg)
    cfg.model_wrapper_cfg = {
        'type': 'MMDistributedDataParallel',
        'broadcast_buffers': False,
        'find_unused_parameters': cfg.get('find_unused_parameters', False),
        **cfg.get('model_wrapper_cfg', {}), 'device_ids': None
    }
    return True


def leave_cpu_processes() -> None:
    """End this process once all have come here; does not return.

    Left to Python, gloo's threads abort now and then ("terminate called
    without an active exception"), and the launcher takes a finished run for a
    failed one.
    """
    torch_dist.barrier()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
