# Copyright (c) mmhoi contributors.
"""Which GPUs, or how many cores, each of several runs gets."""
import os
from typing import Dict, List, Optional

from mmhoi.utils.cores import usable_cores
from mmhoi.utils.setup_error import SetupError

_VISIBLE = 'CUDA_VISIBLE_DEVICES'
_THREADS = ('OMP_NUM_THREADS', 'MKL_NUM_THREADS')


def usable_gpus() -> List[str]:
    """Names of the GPUs that this process may use, as CUDA takes them."""
    import torch
    names = [name for name in os.environ.get(_VISIBLE, '').split(',') if name]
    count = torch.cuda.device_count()
    return names[:count] if names else [str(i) for i in range(count)]


def share_devices(gpus: List[str],
                  per_run: int,
                  jobs: Optional[int] = None) -> List[Dict[str, str]]:
    """Environment variables of runs side by side.

    Args:
        gpus (list[str]): The GPUs; empty on a CPU.
        per_run (int): GPUs of each run; on a CPU, processes.
        jobs (int, optional): How many runs; more than the GPUs are enough for
            share them. Defaults to None: as many as the GPUs are enough for,
            one on a CPU.

    Returns:
        list[dict[str, str]]: The variables for each of the runs.

    Raises:
        SetupError: If a run takes more GPUs than there are.

    Examples:
        >>> share_devices(['0', '1', '2'], per_run=1, jobs=2)
        [{'CUDA_VISIBLE_DEVICES': '0'}, {'CUDA_VISIBLE_DEVICES': '1'}]
        >>> share_devices(['4', '5'], per_run=2)
        [{'CUDA_VISIBLE_DEVICES': '4,5'}]
    """
    if gpus and per_run > len(gpus):
        raise SetupError(f'--gpus-per-run {per_run}: there are {len(gpus)} '
                         'GPUs; give a smaller number')
    jobs = jobs or max(len(gpus) // per_run, 1)
    if gpus:
        return [{
            _VISIBLE:
            ','.join(gpus[(job * per_run + i) % len(gpus)]
                     for i in range(per_run))
        } for job in range(jobs)]
    threads = str(max(usable_cores() // (jobs * per_run), 1))
    return [{
        name: os.environ.get(name, threads)
        for name in _THREADS
    } for _ in range(jobs)]
