# Copyright (c) mmhoi contributors.
from typing import Any

from mmengine.hooks import Hook

from mmhoi.registry import HOOKS


@HOOKS.register_module()
class BeginHook(Hook):
    """Tells whether a run has begun: its first iteration is complete.

    Until then, what fails is most often a setting.

    Attributes:
        begun (bool): Whether it has.
    """

    priority = 'LOWEST'
    begun = False

    def after_train_iter(self, *args: Any, **kwargs: Any) -> None:
        """An iteration of training is complete."""
        self.begun = True

    def after_test_iter(self, *args: Any, **kwargs: Any) -> None:
        """An iteration of testing is complete."""
        self.begun = True
