# Copyright (c) mmhoi contributors.
"""Training of the mini CLIP on captioned renders."""
import math
import time
from copy import deepcopy
from pathlib import Path
from typing import List, Sequence, Tuple, Union

import numpy as np
import torch
from mmengine.logging import MMLogger
from open_clip.loss import ClipLoss
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.data import DataLoader, Dataset

from mmhoi.checkpoints import read_checkpoint
from mmhoi.models.vision_language.open_clip_loader import (MINI_CLIP,
                                                           load_open_clip)
from mmhoi.utils.whole_file import write_whole
from .evaluation import normalize_pixels, stack_views, zero_shot_accuracy
from .samples import MiniCLIPSamples, View

_WARMUP_STEPS = 200
_MAX_LOGIT_SCALE = math.log(100)


class MaskedClipLoss(ClipLoss):
    """open_clip's contrastive loss without its false negatives.

    Symbols: B images and captions; the i-th belong together.
    """

    def set_truths(self, truths: Tensor) -> None:
        """Set which captions are true of which images of the next batch.

        Args:
            truths (Tensor): Bool, shape (B images, B captions). What is true
                off the diagonal is no negative.
        """
        self.ignored = truths & ~torch.eye(len(truths), dtype=torch.bool)

    def get_logits(self,
                   image_features: Tensor,
                   text_features: Tensor,
                   logit_scale: Tensor,
                   logit_bias=None) -> Tuple[Tensor, Tensor]:
        """Compute the logits; what is ignored gets no probability.

        Args:
            image_features (Tensor): Normalised features, shape (B, E).
            text_features (Tensor): Normalised features, shape (B, E).
            logit_scale (Tensor): Factor of the cosine similarities.
            logit_bias (Tensor, optional): Offset of the logits.

        Returns:
            tuple[Tensor, Tensor]: Logits per image and per text, (B, B).
        """
        per_image, _ = super().get_logits(image_features, text_features,
                                          logit_scale, logit_bias)
        per_image = per_image.masked_fill(self.ignored, -math.inf)
        return per_image, per_image.T


class _Batches(Dataset):
    """Batches by number of the step, for a loader process."""

    def __init__(self, samples: MiniCLIPSamples, batch_size: int) -> None:
        self.samples = samples
        self.batch_size = batch_size

    def __getitem__(self, step: int) -> List[View]:
        return self.samples.batch(step, self.batch_size)


class MiniCLIPTrainer:
    """Trains the mini CLIP; a killed training goes on where it was.

    Args:
        work_dir (str | Path): Folder of the checkpoint `last.pth`.
        steps (int): Number of optimiser steps.
        batch_size (int): Views per step. Defaults to 64.
        lr (float): Largest learning rate. Defaults to 1e-3.
        weight_decay (float): Weight decay of matrices. Defaults to 0.05.
        seed (int): Seed of the samples. Defaults to 0.
    """

    def __init__(self,
                 work_dir: Union[str, Path],
                 steps: int,
                 batch_size: int = 64,
                 lr: float = 1e-3,
                 weight_decay: float = 0.05,
                 seed: int = 0) -> None:
        self.checkpoint = Path(work_dir) / 'last.pth'
        self.steps = steps
        self.batch_size = batch_size
        self.lr = lr
        clip = load_open_clip(MINI_CLIP, 'random')
        self.clip = clip._replace(model=deepcopy(clip.model))
        self.model = self.clip.model
        self.samples = MiniCLIPSamples(clip.image_size, seed)
        self.loss = MaskedClipLoss()
        matrices = [p for p in self.model.parameters() if p.ndim >= 2]
        others = [p for p in self.model.parameters() if p.ndim < 2]
        groups = [
            dict(params=matrices, weight_decay=weight_decay),
            dict(params=others, weight_decay=0.0)
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98))
        self.generator = torch.Generator()
        self.seed = seed
        self.step = 0

    def train(self,
              out: Union[str, Path],
              save_every: int = 300,
              num_per_class: int = 4,
              num_workers: int = 1) -> None:
        """Train to the end, from the checkpoint if there is one.

        Args:
            out (str | Path): File of the weights (.safetensors, float16),
                written with every checkpoint.
            save_every (int): Steps between two checkpoints. Defaults to 300.
            num_per_class (int): Held-out scenes per HOI. Defaults to 4.
            num_workers (int): Processes that render. Defaults to 1.
        """
        logger = MMLogger.get_current_instance()
        self._resume()
        start, first, losses = time.time(), self.step, []
        loader = DataLoader(
            _Batches(self.samples, self.batch_size),
            batch_size=None,
            sampler=range(self.step, self.steps),
            num_workers=num_workers,
            collate_fn=list)
        for views in loader:
            losses.append(self._train_step(views))
            if self.step % 50 == 0:
                speed = (self.step - first) / (time.time() - start)
                logger.info(f'step {self.step}/{self.steps} '
                            f'loss {np.mean(losses[-50:]):.3f} '
                            f'scale {self.model.logit_scale.exp().item():.1f} '
                            f'{speed:.2f} steps/s')
            if self.step % save_every == 0 or self.step == self.steps:
                accuracy = zero_shot_accuracy(self.clip, self.samples,
                                              num_per_class)
                shares = [
                    f'{name}: top-1 {acc.top1:.1%}, top-5 {acc.top5:.1%}'
                    for name, acc in accuracy.items()
                ]
                logger.info(f'step {self.step} {"; ".join(shares)}')
                self._save(out)

    def _train_step(self, views: Sequence[View]) -> float:
        """Do one optimiser step and return its loss."""
        self.model.train()
        self.generator.manual_seed(self.seed * 1_000_003 + self.step)
        images = self._jitter(stack_views(views))
        captions = [view.caption for view in views]
        self.loss.set_truths(
            torch.tensor([[caption in view.truths for caption in captions]
                          for view in views]))
        for group in self.optimizer.param_groups:
            group['lr'] = self.lr * self._schedule()
        # The plain attention kernel and bfloat16 together train 1.7 times as
        # fast on a CPU as the defaults do.
        with sdpa_kernel(SDPBackend.MATH):
            with torch.autocast('cpu', torch.bfloat16):
                image_features, text_features, scale = self.model(
                    normalize_pixels(self.clip, images),
                    self.clip.tokenizer(captions))
            loss = self.loss(image_features.float(), text_features.float(),
                             scale)
            self.optimizer.zero_grad()
            loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        with torch.no_grad():
            self.model.logit_scale.clamp_(0, _MAX_LOGIT_SCALE)
        self.step += 1
        return loss.item()

    def _schedule(self) -> float:
        """Linear warm-up, then a cosine down to zero."""
        if self.step < _WARMUP_STEPS:
            return (self.step + 1) / _WARMUP_STEPS
        progress = (self.step - _WARMUP_STEPS) / max(
            self.steps - _WARMUP_STEPS, 1)
        return 0.5 * (1 + math.cos(math.pi * progress))

    def _jitter(self, images: Tensor) -> Tensor:
        """Change brightness, contrast and saturation by up to 40 %."""
        factors = torch.rand(
            3, len(images), 1, 1, 1, generator=self.generator) * 0.8 + 0.6
        images = images * factors[0]
        mean = images.mean((1, 2, 3), keepdim=True)
        images = mean + (images - mean) * factors[1]
        gray = images.mean(1, keepdim=True)
        return (gray + (images - gray) * factors[2]).clamp(0, 1)

    def _save(self, out: Union[str, Path]) -> None:
        """Write checkpoint and weights, each as a whole or not at all."""
        content = dict(
            model=self.model.state_dict(),
            step=self.step,
            optimizer=self.optimizer.state_dict())
        with write_whole(self.checkpoint) as draft:
            torch.save(content, draft)
        state = {k: v.half() for k, v in self.model.state_dict().items()}
        with write_whole(Path(out)) as draft:
            draft.write_bytes(save(state))

    def _resume(self) -> None:
        """Load the checkpoint of the work dir, if there is one."""
        if not self.checkpoint.is_file():
            return
        state = read_checkpoint(self.checkpoint)
        self.model.load_state_dict(state['state_dict'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.step = state['step']
        MMLogger.get_current_instance().info(
            f'resumed from {self.checkpoint} at step {self.step}')
