# Copyright (c) mmhoi contributors.
"""Learning rates of their own, for weights that must exist."""
from mmengine.runner import Runner
from torch import nn

from mmhoi.utils.known_keys import nearest
from mmhoi.utils.setup_error import SetupError


def check_custom_keys(runner: Runner) -> None:
    """Refuse names in `paramwise_cfg.custom_keys` that fit no weight.

    mmengine looks for each in the names of the weights and passes over one
    that is in none.

    Args:
        runner (Runner): A runner, whose model is built.

    Raises:
        SetupError: If no weight has such a name.
    """
    wrapper = runner.cfg.get('optim_wrapper') or {}
    keys = (wrapper.get('paramwise_cfg') or {}).get('custom_keys') or {}
    if not isinstance(runner.model, nn.Module) or 'constructor' in wrapper:
        return
    names = [name for name, _ in runner.model.named_parameters()]
    for key in keys:
        if not any(key in name for name in names):
            parts = {part for name in names for part in name.split('.')}
            raise SetupError(
                f'"{key}" in `optim_wrapper.paramwise_cfg.custom_keys` is in '
                f'the name of no weight{nearest(key, parts)}')
