# Copyright (c) mmhoi contributors.
"""What the queries of a detector look at."""
from contextlib import ExitStack
from inspect import signature
from typing import Any, Dict, Optional, Sequence, Tuple

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
        model (HOIDetector): A detector that says where its attention is.

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
        TypeError: On entering, if the model names no attention (see
            `HOIDetector.attention_sources`), or other attention than
            `torch.nn.MultiheadAttention`.

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
        self._looks_at: Tuple[str, ...] = ()
        self._unseen_sources = iter(())

    def __enter__(self) -> 'AttentionRecorder':
        sources = _sources(self.model)
        self._looks_at = sources.looks_at
        attentions = [(sources.instance, self._record_instance)]
        if sources.interaction is not None:
            attentions.append((sources.interaction, self._record_interaction))
        for attention, _ in attentions:
            _check_attention(attention)
        handles = [
            sources.feature_map.register_forward_hook(self._start_batch)
        ]
        if sources.clip_view is not None:
            handles.append(
                sources.clip_view.register_forward_pre_hook(
                    self._record_clip_size))
        for attention, record in attentions:
            handles += [
                attention.register_forward_hook(record),
                attention.register_forward_pre_hook(
                    _ask_for_weights, with_kwargs=True)
            ]
        for handle in handles:
            self._hooks.enter_context(handle)
        # Compiled code would not call the hooks.
        self._hooks.enter_context(torch.compiler.set_stance('force_eager'))
        return self

    def __exit__(self, *exception) -> None:
        self._hooks.close()

    def _start_batch(self, module: nn.Module, args: tuple,
                     output: Sequence[Tensor]) -> None:
        """Forget the last batch; the feature map is (B, D, h, w)."""
        self.memory_shape = tuple(output[-1].shape[-2:])
        self.human = self.object = self.memory = self.clip = None
        self.clip_size = None
        self._unseen_sources = iter(self._looks_at)

    def _record_clip_size(self, module: nn.Module, args: tuple) -> None:
        self.clip_size = args[0].shape[-1]

    def _record_instance(self, module: nn.Module, args: tuple,
                         output: Tuple[Tensor, Tensor]) -> None:
        self.human, self.object = self.model.queries.split(_to_cpu(output[1]))

    def _record_interaction(self, module: nn.Module, args: tuple,
                            output: Tuple[Tensor, Tensor]) -> None:
        # One attention looks at all sources, one call after the other.
        setattr(self, next(self._unseen_sources), _to_cpu(output[1]))


def _sources(model: nn.Module) -> Any:
    """Where the attention of a model is, if the model says so."""
    if not hasattr(model, 'attention_sources'):
        raise TypeError(f'{type(model).__name__} is no HOIDetector and does '
                        'not say where its attention is (attention_sources)')
    return model.attention_sources()


def _check_attention(attention: nn.Module) -> None:
    """Refuse attention whose weights PyTorch does not give."""
    if not isinstance(attention, nn.MultiheadAttention):
        raise TypeError(f'the attention of the model is a '
                        f'{type(attention).__name__}; only the weights of '
                        'torch.nn.MultiheadAttention can be recorded')


def _ask_for_weights(attention: nn.MultiheadAttention, args: tuple,
                     kwargs: Dict[str, Any]) -> Tuple[tuple, Dict[str, Any]]:
    """Have the weights returned, whatever the caller wants."""
    call = signature(attention.forward).bind(*args, **kwargs)
    call.arguments.update(need_weights=True, average_attn_weights=True)
    return (), call.arguments


def _to_cpu(weights: Tensor) -> Tensor:
    return weights.detach().float().cpu()
