# Copyright (c) mmhoi contributors.
"""Text embeddings of CLIP, computed once and kept on disk."""
import hashlib
import json
import os
from pathlib import Path
from typing import Any, Optional, Sequence

import torch
import torch.nn.functional as F
from mmengine.logging import MMLogger
from torch import Tensor

from mmhoi.checkpoints.without_weights import weights_are_left_out
from mmhoi.utils.plain_tensors import is_plain
from mmhoi.utils.progress import tqdm
from mmhoi.utils.whole_file import write_whole
from .open_clip_loader import clip_embed_dims, load_open_clip, weights_identity
from .token_check import tokenize


def default_cache_dir() -> Path:
    """Return the folder of cached embeddings: $MMHOI_CACHE or ~/.cache/mmhoi.

    Returns:
        Path: The folder; it need not exist.
    """
    return Path(
        os.environ.get('MMHOI_CACHE') or Path.home() / '.cache' / 'mmhoi')


def encode_texts(model_name: str,
                 pretrained: Optional[str],
                 texts: Sequence[str],
                 cache_dir: Optional[str] = None,
                 batch_size: int = 128,
                 use_cache: bool = True) -> Tensor:
    """Encode texts with the text tower of CLIP.

    The result is kept on disk under a name made of model, weights and texts;
    a later call reads it and loads no model. Random weights are not cached.
    When texts are encoded, those that CLIP reads in part only are warned of.

    Args:
        model_name (str): Model, see :func:`load_open_clip`.
        pretrained (str, optional): Weights, see :func:`load_open_clip`.
        texts (Sequence[str]): H prompts.
        cache_dir (str, optional): Folder of the cache. Defaults to None:
            the environment variable MMHOI_CACHE, or ~/.cache/mmhoi.
        batch_size (int): Texts encoded at a time. Defaults to 128.
        use_cache (bool): Whether to read and write the cache. Defaults to
            True.

    Returns:
        Tensor: L2-normalised float32 embeddings on the CPU, shape (H, E);
        without values inside of `without_weights`.

    Raises:
        ValueError: If there are no texts.
    """
    texts = [str(text) for text in texts]
    if not texts:
        raise ValueError('no texts to encode; `texts` must not be empty')
    if weights_are_left_out():
        return torch.empty(len(texts), clip_embed_dims(model_name))
    identity = weights_identity(model_name, pretrained)
    if not identity or not use_cache:
        return _encode(model_name, pretrained, texts, batch_size)
    # Not joined by a character that a text may have.
    digest = hashlib.sha256(json.dumps([identity, *texts]).encode())
    folder = Path(cache_dir) if cache_dir else default_cache_dir()
    path = folder / f'text_{digest.hexdigest()[:32]}.pt'
    embeddings = _read(path, len(texts))
    if embeddings is None:
        embeddings = _encode(model_name, pretrained, texts, batch_size)
        _write(path, embeddings)
    return embeddings


@torch.no_grad()
def _encode(model_name: str, pretrained: Optional[str], texts: Sequence[str],
            batch_size: int) -> Tensor:
    """Run the text tower, shape (H, E)."""
    clip = load_open_clip(model_name, pretrained)
    ids = tokenize(clip.tokenizer, texts)
    batches = [
        clip.model.encode_text(ids[i:i + batch_size]) for i in tqdm(
            range(0, len(texts), batch_size),
            'text embeddings',
            unit=' batches',
            delay=1)
    ]
    return F.normalize(torch.cat(batches).float(), dim=-1)


def _read(path: Path, num_texts: int) -> Optional[Tensor]:
    """Read cached embeddings; None if there are none that can be used."""
    if not path.is_file():
        return None
    try:
        embeddings = torch.load(path, map_location='cpu', weights_only=True)
        problem = _problem(embeddings, num_texts)
        if problem is None:
            return embeddings
    # What unpickling of damaged bytes raises has no end.
    except Exception as error:
        problem = str(error).splitlines()[0] if str(error) else repr(error)
    MMLogger.get_current_instance().warning(
        f'cached text embeddings {path} are unusable ({problem}); they are '
        'computed again')
    return None


def _problem(embeddings: Any, num_texts: int) -> Optional[str]:
    """Why something is no embeddings of texts."""
    if not is_plain(embeddings):
        return f'a {type(embeddings).__name__}, or one without values'
    if embeddings.ndim != 2 or len(embeddings) != num_texts:
        return f'shape {tuple(embeddings.shape)}'
    if embeddings.dtype != torch.float32 or not embeddings.isfinite().all():
        return f'{embeddings.dtype}, or no numbers'
    return None


def _write(path: Path, embeddings: Tensor) -> None:
    """Write so that another process sees the whole file or none."""
    try:
        with write_whole(path) as draft:
            torch.save(embeddings, draft)
    except OSError as error:
        MMLogger.get_current_instance().warning(
            f'text embeddings cannot be cached at {path} ({error}); set '
            'MMHOI_CACHE to a writable folder to compute them only once')
