# Copyright (c) mmhoi contributors.
"""Training step, two images of 640 x 853, float32."""
from pathlib import Path
from types import SimpleNamespace
from typing import Dict, Tuple, Union

import torch
from batches import our_batch, random_targets, reference_batch
from full_size import load_ours, load_reference, read_config
from mmengine.logging import MMLogger
from mmengine.optim import build_optim_wrapper
from reference.criterion import Criterion, total_loss
from reference.training import build_optimizer, train_step
from torch import Tensor, nn

from mmhoi.checkpoints.official.hoiclip import HOICLIP
from mmhoi.registry import HOOKS, MODELS
from mmhoi.utils.speed_options import use_amp_to_train

SHAPE = 2, 640, 853
MAX_NORM = 0.1


class OurStep:
    """Ours, as the runner of the config calls it.

    Args:
        folder (Path): Of `save_weights`.
        amp (bool): Whether in bfloat16, as with `--amp`. Defaults to False.
    """

    def __init__(self, folder: Path, amp: bool = False) -> None:
        cfg = read_config(folder)
        if amp:
            use_amp_to_train(cfg, 'bfloat16')
        # Not one line for every parameter.
        MMLogger.get_current_instance().setLevel('ERROR')
        self.model = load_ours(folder).train()
        self.data = our_batch(*SHAPE)
        runner = SimpleNamespace(model=self.model)
        hooks = [HOOKS.build(hook) for hook in cfg.custom_hooks]
        for hook in hooks:
            hook.before_run(runner)
        self.optim = build_optim_wrapper(self.model, cfg.optim_wrapper)
        for hook in hooks:
            hook.before_train(runner)

    def __call__(self) -> Dict[str, Tensor]:
        return self.model.train_step(self.data, self.optim)

    def loss_and_gradients(self) -> Tuple[Tensor, Dict[str, Tensor]]:
        """Total loss without dropout, and the gradient of each parameter."""
        self.model.eval()
        data = self.model.data_preprocessor(self.data, training=True)
        with self.optim.optim_context(self.model):
            losses = self.model(**data, mode='loss')
        loss, _ = self.model.parse_losses(losses)
        loss.backward()
        self.model.train()
        return loss.detach(), take_gradients(self.model)


class ReferenceStep:
    """The reference, in the official order.

    Args:
        folder (Path): Of `save_weights`.
    """

    def __init__(self, folder: Path) -> None:
        self.model = load_reference(folder).train()
        preprocessor = MODELS.build(
            read_config(folder).model.data_preprocessor)
        self.batch = reference_batch(preprocessor, *SHAPE)
        self.targets = random_targets(len(self.batch[0]))
        self.criterion = Criterion()
        self.optimizer = build_optimizer(self.model)

    def __call__(self) -> Tensor:
        return train_step(self.model, self.criterion, self.optimizer,
                          self.batch, self.targets)

    def loss_and_gradients(self) -> Tuple[Tensor, Dict[str, Tensor]]:
        """As of `OurStep`; gradients have the names of ours."""
        self.model.eval()
        outputs = self.model(*self.batch)
        loss = total_loss(self.criterion(outputs, self.targets))
        loss.backward()
        self.model.train()
        gradients = take_gradients(self.model)
        return loss.detach(), HOICLIP.renaming.rename_all(
            gradients, HOICLIP.title)


def make(side: str,
         folder: Path,
         amp: bool = False) -> Union[OurStep, ReferenceStep]:
    """The step of one side; `amp` is for ours only."""
    return OurStep(folder, amp) if side == 'ours' else ReferenceStep(folder)


def take_gradients(model: nn.Module) -> Dict[str, Tensor]:
    """Gradients, clipped as in training, which are then forgotten."""
    nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
    gradients = {
        name: param.grad
        for name, param in model.named_parameters() if param.grad is not None
    }
    model.zero_grad()
    return gradients


def difference(ours: OurStep, reference: ReferenceStep) -> float:
    """Largest difference without dropout: of the total loss, relative, and
    of the clipped gradients."""
    loss, gradients = ours.loss_and_gradients()
    expected_loss, expected = reference.loss_and_gradients()
    if set(gradients) != set(expected):
        raise ValueError('the two do not train the same parameters: '
                         f'{sorted(set(gradients) ^ set(expected))}')
    found = [(loss / expected_loss - 1).abs()]
    found += [(gradients[name] - value).abs().max()
              for name, value in expected.items()]
    return float(torch.stack(found).max())
