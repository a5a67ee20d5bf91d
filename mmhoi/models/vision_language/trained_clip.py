# Copyright (c) mmhoi contributors.
"""The CLIP that a model was trained with, by content.

Embeddings of two CLIP models have nothing in common, though they may be as
wide: texts that come later must be encoded by the CLIP of the training.
"""
import re
import warnings
from typing import Mapping, Optional, Sequence

import torch.nn.functional as F
from torch import Tensor

from mmhoi.utils.setup_error import SetupError
from .clip_text import encode_texts
from .open_clip_loader import weights_identity

#: Entry of a checkpoint's `meta`: `clip_identity` of the training.
KEY = 'clip_identity'
#: Prompts that are compared, and the cosine that those of one CLIP exceed
#: after fine-tuning; those of two CLIP models are nearly orthogonal.
NUM_PROMPTS, LEAST_COSINE = 8, 0.5
_HASH = re.compile(r'\b[0-9a-f]{64}$')


def clip_identity(clip: Optional[Mapping]) -> str:
    """Recognise the CLIP of a config.

    Args:
        clip (Mapping, optional): `model_name` and `pretrained` of
            :func:`load_open_clip`.

    Returns:
        str: As of :func:`weights_identity`; empty if there is no CLIP, or
        its files are not there.
    """
    if not clip:
        return ''
    try:
        return weights_identity(clip['model_name'], clip.get('pretrained'))
    except (OSError, ValueError):
        return ''


def may_be_same(one: str, other: str) -> bool:
    """Whether two identities can stand for the same CLIP.

    Args:
        one (str): As of :func:`weights_identity`.
        other (str): Another one.

    Returns:
        bool: True also for a tag of open_clip and a file, which cannot be
        compared.

    Examples:
        >>> may_be_same('ViT-B-32 openai', 'ViT-B-32 openai')
        True
        >>> may_be_same('ViT-B-32 openai', 'ViT-B-32 laion2b_e16')
        False
        >>> may_be_same('ViT-B-32 openai', 'ViT-B-32 ' + 64 * '0')
        True
    """
    return one == other or len(
        {_HASH.search(text) is None
         for text in (one, other)}) == 2


def check_trained_clip(clip: Mapping, noted: Optional[str],
                       prompts: Sequence[str], rows: Tensor) -> None:
    """Refuse to encode texts with another CLIP than that of the training.

    Args:
        clip (Mapping): The CLIP of the config.
        noted (str, optional): Identity of the one of the training; None if
            the checkpoint does not tell it.
        prompts (Sequence[str]): H prompts of the training.
        rows (Tensor): Their rows in the model, (H, E). Those of another CLIP
            are warned of: they may have been trained, too.

    Raises:
        SetupError: If the checkpoint tells another CLIP, or the weights of
            CLIP are missing.
    """
    remedy = ('set `model.clip` of the config (model_name, pretrained) to the '
              'CLIP of the training')
    name = f'"{clip["model_name"]}", pretrained={clip.get("pretrained")!r}'
    try:
        used = weights_identity(clip['model_name'], clip.get('pretrained'))
        if noted and used and not may_be_same(noted, used):
            raise SetupError(
                f'own texts would be encoded by CLIP {name} ({used}), but the '
                f'checkpoint was trained with another one ({noted}); {remedy}')
        chosen = range(0, len(prompts), -(-len(prompts) // NUM_PROMPTS))
        texts = encode_texts(clip['model_name'], clip.get('pretrained'),
                             [prompts[i] for i in chosen],
                             clip.get('cache_dir'))
    except (OSError, RuntimeError) as error:
        raise SetupError('own texts need the text tower of CLIP: '
                         f'{error}') from error
    rows = rows.detach().float().cpu()[list(chosen)]
    if rows.shape != texts.shape:
        raise SetupError(
            f'own texts would be encoded by CLIP {name}, {texts.shape[1]} '
            f'numbers wide, but the model has {rows.shape[1]}; {remedy}')
    cosine = float(F.cosine_similarity(rows, texts).mean())
    if not cosine >= LEAST_COSINE:
        warnings.warn(
            f'texts encoded by CLIP {name} are unlike those of the checkpoint '
            f'(mean cosine {cosine:.2f} for the same prompts): predictions of '
            f'own texts mean nothing if it is another CLIP; {remedy}')
