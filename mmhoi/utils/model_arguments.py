# Copyright (c) mmhoi contributors.
"""How a trained model is named: config and checkpoint, or the latter alone."""
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Tuple

#: Endings of checkpoints.
CHECKPOINTS = ('.pth', '.pt', '.ckpt', '.safetensors')


def checkpoint_alone(model: Any, weights: Any) -> Tuple[Any, Any]:
    """Tell a checkpoint that is given where a config could be.

    Args:
        model (str | Path | Config, optional): A config, or a checkpoint,
            which holds the config of its training.
        weights (str | Path, optional): A checkpoint, None if it is `model`.

    Returns:
        tuple: Config and checkpoint; the config is None where it comes from
        the checkpoint.

    Examples:
        >>> checkpoint_alone('epoch_3.pth', None)
        (None, 'epoch_3.pth')
        >>> checkpoint_alone('config.py', 'epoch_3.pth')
        ('config.py', 'epoch_3.pth')
    """
    if weights is None and isinstance(
            model, (str, Path)) and Path(model).suffix in CHECKPOINTS:
        return None, model
    return model, weights


def add_model_arguments(parser: ArgumentParser) -> None:
    """Add the arguments `config` and `checkpoint`.

    Args:
        parser (ArgumentParser): The parser to add them to.
    """
    parser.add_argument(
        'config',
        help='config file, name of a model, or a checkpoint alone, which '
        'holds the config of its training')
    parser.add_argument(
        'checkpoint', nargs='?', help='checkpoint file or address')


def parse_model_arguments(parser: ArgumentParser, args: Namespace) -> None:
    """Find out which is which; `config` becomes None without a config.

    Args:
        parser (ArgumentParser): Where `add_model_arguments` has added them.
        args (Namespace): What it has parsed; it is changed.
    """
    args.config, args.checkpoint = checkpoint_alone(args.config,
                                                    args.checkpoint)
    if args.checkpoint is None:
        parser.error('a checkpoint is required beside the config '
                     f'"{args.config}"')
