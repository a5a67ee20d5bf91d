# Copyright (c) mmhoi contributors.
"""Options of tools/train.py and tools/test.py that change the speed.

The functions import what takes seconds: `--help` need not wait for it.
"""
from argparse import ArgumentParser, Namespace
from typing import Optional

from mmengine.config import Config

from .setup_error import SetupError

AMP_DTYPES = ('bfloat16', 'float16')


def add_speed_arguments(parser: ArgumentParser) -> None:
    """Add `--amp`, `--amp-dtype` and `--compile`.

    Args:
        parser (ArgumentParser): The parser to add them to.
    """
    parser.add_argument(
        '--amp',
        action='store_true',
        help='use automatic mixed precision; losses and matching stay in '
        'float32')
    parser.add_argument(
        '--amp-dtype',
        choices=AMP_DTYPES,
        help='data type of --amp; default: float16 on a GPU, bfloat16, the '
        'only one, on a CPU')
    parser.add_argument(
        '--compile',
        action='store_true',
        help='use torch.compile; the first batch then takes minutes. What '
        'cannot be compiled runs as ever')


def check_speed_arguments(parser: ArgumentParser, args: Namespace) -> None:
    """Refuse `--amp-dtype` where nothing would read it.

    Args:
        parser (ArgumentParser): The parser, which ends the program.
        args (Namespace): What it has read.
    """
    if args.amp_dtype and not args.amp:
        parser.error(f'--amp-dtype {args.amp_dtype} needs --amp')


def amp_dtype(name: Optional[str] = None) -> str:
    """Data type for mixed precision on this machine.

    Args:
        name (str, optional): One of `AMP_DTYPES`. Defaults to None: float16
            on a GPU, bfloat16 on a CPU.

    Returns:
        str: The name.

    Raises:
        SetupError: If this machine has no such arithmetic.
    """
    from mmengine.device import get_device

    if get_device() != 'cpu':
        return name or 'float16'
    if name == 'float16':
        raise SetupError('--amp-dtype float16 needs a GPU; on a CPU use '
                         '--amp-dtype bfloat16')
    return 'bfloat16'


def use_amp_to_train(cfg: Config, dtype: str) -> None:
    """Have the optimizer wrapper of a config train in mixed precision.

    Args:
        cfg (Config): Changed in place.
        dtype (str): One of `AMP_DTYPES`.
    """
    if dtype == 'bfloat16':
        cfg.optim_wrapper.type = 'BFloat16OptimWrapper'
    else:
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.loss_scale = 'dynamic'


def use_amp_to_test(cfg: Config, dtype: str) -> None:
    """Have the test loop of a config predict in mixed precision.

    Args:
        cfg (Config): Changed in place.
        dtype (str): One of `AMP_DTYPES`.
    """
    import torch
    from mmengine.device import get_device
    cfg.test_cfg.fp16 = True
    # mmengine's loop has a switch and takes PyTorch's data type.
    torch.set_autocast_dtype(get_device(), getattr(torch, dtype))
