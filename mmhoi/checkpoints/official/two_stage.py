# Copyright (c) mmhoi contributors.
"""What checkpoints of UPT and PViC have in common."""
from typing import Dict

from mmengine.config import ConfigDict


def verb_config(configs: Dict[int, str], count: int) -> str:
    """Config of a checkpoint, told from the number of its verbs.

    Args:
        configs (dict[int, str]): Paths below `configs/` by that number.
        count (int): The number.

    Returns:
        str: A path.

    Raises:
        ValueError: If there is none.

    Examples:
        >>> verb_config({24: 'upt/upt_r50_vcoco.py'}, 24)
        'upt/upt_r50_vcoco.py'
    """
    if count not in configs:
        raise ValueError(f'the checkpoint has {count} verbs; known are '
                         f'{", ".join(map(str, configs))}; name the config '
                         'of its classes with --config')
    return configs[count]


def check_two_stage(model_cfg: ConfigDict, family: str, head: str) -> None:
    """Refuse configs without a certain head, or without DETR.

    Args:
        model_cfg (dict): Config of our model.
        family (str): Name of the family.
        head (str): Type of the head.

    Raises:
        ValueError: If the config has others.
    """
    for part, wanted in dict(interaction_head=head, detector='DETR').items():
        found = (model_cfg.get(part) or {}).get('type')
        if str(found).split('.')[-1] != wanted:
            raise ValueError(
                f'the config has {part}.type="{found}", but a model of the '
                f'family "{family}" has "{wanted}"; choose a config of that '
                'method with --config')
