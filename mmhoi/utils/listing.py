# Copyright (c) mmhoi contributors.
"""Lists of names in messages."""
from typing import Sequence


def shortened(names: Sequence[str], limit: int = 5) -> str:
    """Names with commas between; of many the first ones and how many follow.

    Args:
        names (Sequence[str]): The names.
        limit (int): Most names to give. Defaults to 5.

    Returns:
        str: The text.

    Examples:
        >>> shortened(['a', 'b', 'c', 'd'], limit=2)
        'a, b and 2 more'
        >>> shortened(['a', 'b'])
        'a, b'
    """
    text = ', '.join(names[:limit])
    rest = len(names) - limit
    return f'{text} and {rest} more' if rest > 0 else text
