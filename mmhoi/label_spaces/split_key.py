# Copyright (c) mmhoi contributors.
from typing import Optional


def split_key(split: Optional[str]) -> Optional[str]:
    """One spelling of the name of a zero-shot split.

    Args:
        split (str, optional): Such as `rf_uc`, `rf-uc` or `RF-UC`.

    Returns:
        str | None: That of the tables; None for None.

    Examples:
        >>> split_key('RF-UC'), split_key(None)
        ('rf_uc', None)
    """
    return None if split is None else str(split).lower().replace('-', '_')
