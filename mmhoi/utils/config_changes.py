# Copyright (c) mmhoi contributors.
"""What differs between two configs."""
from typing import Any, Dict, List, Mapping, Sequence

_ABSENT = object()


def config_changes(before: Mapping, now: Mapping,
                   ignored: Sequence[str] = ()) -> List[str]:
    """Name the settings that differ.

    Args:
        before (Mapping): A config.
        now (Mapping): Another one.
        ignored (Sequence[str]): Keys on the first level that do not count.

    Returns:
        list[str]: Each setting with both values.

    Examples:
        >>> config_changes(dict(a=dict(b=1, c=[2])), dict(a=dict(b=3, c=[2])))
        ['a.b=3 (was 1)']
        >>> config_changes(dict(a=1, b=2), dict(b=2, c=3), ['c'])
        ['a is gone (was 1)']
    """
    old, new = {}, {}
    _flatten(before, '', old)
    _flatten(now, '', new)
    changes = []
    for key in {**old, **new}:
        if key.partition('.')[0] in ignored:
            continue
        was, value = old.get(key, _ABSENT), new.get(key, _ABSENT)
        if _plain(was) == _plain(value):
            continue
        text = f'{key} is gone' if value is _ABSENT else f'{key}={value!r}'
        changes.append(text +
                       (' (new)' if was is _ABSENT else f' (was {was!r})'))
    return changes


def _flatten(value: Any, path: str, found: Dict[str, Any]) -> None:
    # Data sets are lists of dicts as often as dicts.
    if isinstance(value, Mapping) and value:
        items = value.items()
    elif isinstance(value, (list, tuple)) and any(
            isinstance(item, Mapping) for item in value):
        items = enumerate(value)
    else:
        found[path] = value
        return
    for key, item in items:
        _flatten(item, f'{path}.{key}' if path else str(key), found)


def _plain(value: Any) -> Any:
    """Lists and tuples are equal: config files do not tell them apart."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
