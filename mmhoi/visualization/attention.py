# Copyright (c) mmhoi contributors.
"""What the queries of a detector look at."""
from contextlib import ExitStack
from inspect import signature
from typing import Any, Dict, Optional, Tuple

import torch
from torch import Tensor, nn


class AttentionRecorder:
    """Record the cross-attention of a detector while it runs.

    A context manager: forward hooks are in place inside of the `with`
    statement and nowhere else. They read what the last layer of the instance
    decoder and the last layer of the interaction decoder attend to (HOICLIP,
    section "Visualization", shows the same two), averaged over the heads. The
    model computes what it computes without them.

    Symbols: B images, Q queries, (h, w) size of the feature map, T patches
    of CLIP.

    Args:
        model (HOIDetector): Detector with any of the interaction decoders.

    Attributes:
        human (Tensor, optional): Weights of the human queries of the instance
            decoder over the detector's memory, row by row of the feature map,
            shape (B, Q, h * w). As all below on the CPU, and None before the
            first batch; a batch replaces what the one before left. Each row
            of weights sums to 1.
        object (Tensor, optional): The same of the object queries.
        memory (Tensor, optional): Weights of the interaction decoder over the
            memory, shape (B, Q, h * w); None if it does not look there.
        clip (Tensor, optional): Weights of the interaction decoder over
            CLIP's tokens, the class token first, then the patches row by row,
            shape (B, Q, 1 + T); None if it does not look there.
        memory_shape (tuple[int], optional): Size (h, w) of the feature map.
        clip_size (int, optional): Side of CLIP's view, pixels; None if CLIP
            does not run.

    Raises:
        TypeError: On entering, if the model has no such decoders, or other
            attention than `torch.nn.MultiheadAttention`.

    Examples:
        >>> with AttentionRecorder(model) as recorder:  # doctest: +SKIP
        ...     model.test_step(batch)
        >>> recorder.human.shape  # doctest: +SKIP
        torch.Size([1, 64, 950])
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.human: Optional[Tensor] = None
        self.object: Optional[Tensor] = None
        self.memory: Optional[Tensor] = None
        self.clip: Optional[Tensor] = None
        self.memory_shape: Optional[Tuple[int, int]] = None
        self.clip_size: Optional[int] = None
        self._hooks = ExitStack()
        self._unseen_sources = iter(())

    def __enter__(self) -> 'AttentionRecorder':
        instance = _last_attention(self.model, 'decoder')
        interaction = _last_attention(self.model, 'interaction_decoder')
        handles = [
            self.model.positional_encoding.register_forward_hook(
                self._start_batch),
            self.model.clip_visual.register_forward_pre_hook(
                self._record_clip_size),
            instance.register_forward_hook(self._record_instance),
            interaction.register_forward_hook(self._record_interaction)
        ] + [
            attention.register_forward_pre_hook(
                _ask_for_weights, with_kwargs=True)
            for attention in (instance, interaction)
        ]
        for handle in handles:
            self._hooks.enter_context(handle)
        # Compiled code would not call the hooks.
        self._hooks.enter_context(torch.compiler.set_stance('force_eager'))
        return self

    def __exit__(self, *exception) -> None:
        self._hooks.close()

    def _start_batch(self, module: nn.Module, args: tuple,
                     output: Tensor) -> None:
        """Forget the last batch; the position encoding is (B, D, h, w)."""
        self.memory_shape = tuple(output.shape[-2:])
        self.human = self.object = self.memory = self.clip = None
        self.clip_size = None
        self._unseen_sources = iter(
            getattr(self.model.interaction_decoder, 'sources', ('memory', )))

    def _record_clip_size(self, module: nn.Module, args: tuple) -> None:
        self.clip_size = args[0].shape[-1]

    def _record_instance(self, module: nn.Module, args: tuple,
                         output: Tuple[Tensor, Tensor]) -> None:
        self.human, self.object = _to_cpu(output[1]).chunk(2, dim=1)

    def _record_interaction(self, module: nn.Module, args: tuple,
                            output: Tuple[Tensor, Tensor]) -> None:
        # One attention looks at all sources, one call after the other.
        setattr(self, next(self._unseen_sources), _to_cpu(output[1]))


def _last_attention(model: nn.Module, name: str) -> nn.MultiheadAttention:
    """The cross-attention of the last layer of a decoder."""
    try:
        attention = getattr(model, name).layers[-1].cross_attn.attn
    except AttributeError as error:
        raise TypeError(
            f'{type(model).__name__} has no {name}.layers[-1].cross_attn.attn'
            ', whose weights are to be recorded; give an HOIDetector'
        ) from error
    if not isinstance(attention, nn.MultiheadAttention):
        raise TypeError(f'{name}.layers[-1].cross_attn.attn of the model is a '
                        f'{type(attention).__name__}; only the weights of '
                        'torch.nn.MultiheadAttention can be recorded')
    return attention


def _ask_for_weights(attention: nn.MultiheadAttention, args: tuple,
                     kwargs: Dict[str, Any]) -> Tuple[tuple, Dict[str, Any]]:
    """Have the weights returned, whatever the caller wants."""
    call = signature(attention.forward).bind(*args, **kwargs)
    call.arguments.update(need_weights=True, average_attn_weights=True)
    return (), call.arguments


def _to_cpu(weights: Tensor) -> Tensor:
    return weights.detach().float().cpu()
