# Copyright (c) mmhoi contributors.
from typing import Callable, List, Sequence, Tuple

from mmengine.logging import MMLogger
from torch import Tensor

from mmhoi.utils.listing import shortened


def tokenize(tokenizer: Callable, texts: Sequence[str]) -> Tensor:
    """Token ids of texts, with a warning for those that CLIP cannot read.

    Args:
        tokenizer (Callable): `OpenCLIP.tokenizer`.
        texts (Sequence[str]): H texts.

    Returns:
        Tensor: Ids, shape (H, context length).
    """
    cut, empty = unreadable_texts(tokenizer, texts)
    length = tokenizer.context_length
    for names, problem in ((cut, f'are longer than the {length} tokens that '
                            'CLIP reads; the rest is cut off'),
                           (empty, 'have no token that CLIP knows; all are '
                            'the same to it')):
        if names:
            MMLogger.get_current_instance().warning(
                f'{len(names)} texts {problem}: '
                f'{shortened([repr(name) for name in names], 3)}')
    return tokenizer(list(texts))


def unreadable_texts(tokenizer: Callable,
                     texts: Sequence[str]) -> Tuple[List[str], List[str]]:
    """Texts of which CLIP reads only a part, and those without any token.

    Args:
        tokenizer (Callable): `OpenCLIP.tokenizer`.
        texts (Sequence[str]): The texts.

    Returns:
        tuple[list[str], list[str]]: Too long ones and empty ones.

    Examples:
        >>> from open_clip import SimpleTokenizer
        >>> unreadable_texts(SimpleTokenizer(context_length=5),
        ...                  ['a very long text', 'a dog', ' '])
        (['a very long text'], [' '])
    """
    # One token more than CLIP reads: only too long texts get that far.
    nothing, *ids = tokenizer(['', *texts],
                              context_length=tokenizer.context_length + 1)
    return ([text for text, row in zip(texts, ids) if row[-1] != nothing[-1]],
            [text for text, row in zip(texts, ids) if row.equal(nothing)])
