# Copyright (c) mmhoi contributors.
from typing import Sequence

from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch import nn

from mmhoi.registry import HOOKS
from mmhoi.utils.setup_error import SetupError
from .model_wrapper import unwrap


@HOOKS.register_module()
class PartsFirstHook(Hook):
    """In the first epochs some parts of the model alone are trained.

    FCL's training step by step (https://arxiv.org/abs/2103.08214): the
    fabricator learns to please a network that stands still, then both learn.
    A resumed run goes on in the step where it was. Processes that share
    gradients need `find_unused_parameters = True` in the config.

    Args:
        parts (Sequence[str]): Names of modules, such as
            `interaction_head.composer`.
        epochs (int): How long. Defaults to 1.

    Raises:
        ValueError: If `epochs` is less than 1 or there are no parts.
    """

    def __init__(self, parts: Sequence[str], epochs: int = 1) -> None:
        if epochs < 1 or not parts or isinstance(parts, str):
            raise ValueError(
                f'PartsFirstHook: parts={parts!r}, epochs={epochs}; allowed: '
                'a list of at least one name, and numbers from 1')
        self.parts = tuple(parts)
        self.epochs = epochs
        self.waiting = []

    def before_train(self, runner: Runner) -> None:
        """Find the parameters that have to wait.

        Args:
            runner (Runner): The runner.

        Raises:
            SetupError: If a part is not there or has nothing to train, or
                training is not counted in epochs.
        """
        if not isinstance(runner.train_loop, EpochBasedTrainLoop):
            raise SetupError(
                'PartsFirstHook counts epochs: it needs a train_cfg of the '
                'type EpochBasedTrainLoop')
        model = unwrap(runner.model)
        first = {
            id(parameter)
            for part in self.parts
            for parameter in self._trained(model, part)
        }
        self.waiting = [
            parameter for parameter in model.parameters()
            if parameter.requires_grad and id(parameter) not in first
        ]

    def before_train_epoch(self, runner: Runner) -> None:
        """Freeze or release what waits.

        Args:
            runner (Runner): The runner; its epoch decides.
        """
        for parameter in self.waiting:
            parameter.requires_grad_(runner.epoch >= self.epochs)

    def after_train(self, runner: Runner) -> None:
        """Leave the model as it was found.

        Args:
            runner (Runner): The runner.
        """
        for parameter in self.waiting:
            parameter.requires_grad_(True)

    @staticmethod
    def _trained(model: nn.Module, part: str) -> Sequence[nn.Parameter]:
        """Parameters of a part that are trained."""
        modules = dict(model.named_modules())
        parameters = [
            parameter for parameter in modules[part].parameters()
            if parameter.requires_grad
        ] if part in modules else []
        if not parameters:
            parent = part.rpartition('.')[0]
            near = [
                name for name in modules
                if name and name.rpartition('.')[0] == parent
                and len(list(modules[name].parameters()))
            ]
            raise SetupError(
                f'PartsFirstHook: the model has nothing to train in "{part}"; '
                f'parts of "{parent or "the model"}": '
                f'{", ".join(near) or "none"}')
        return parameters
