# Copyright (c) mmhoi contributors.
"""Of which type the entries of nested dicts and lists must be."""
from typing import Any, Iterator, List, Mapping, Optional, Tuple, Union

Types = Union[type, Tuple[type, ...]]

#: What lists may be in files of several formats.
LISTS = (list, tuple)
NUMBERS = (int, float)
_WORDS = {
    dict: 'a dict',
    list: 'a list',
    str: 'a text',
    int: 'a whole number',
    bool: 'True or False'
}


def wrong_kind(content: Any, kinds: Mapping[str, Types]) -> Optional[str]:
    """Find an entry that is of another type than it must be.

    An entry of a dict that is absent or None is fine, None in a list is not. A
    bool is no number.

    Args:
        content (Any): Dicts and lists of what a file holds.
        kinds (Mapping[str, type | tuple[type]]): The types that are allowed,
            by dotted keys; `*` stands for all keys of a dict, or all places
            of a list. The key '' is that of the content itself.

    Returns:
        str | None: What is wrong with the first such entry; None if there is
        none.

    Examples:
        >>> kinds = {'meta': dict, 'meta.epoch': int, 'names.*': str}
        >>> wrong_kind(dict(meta=dict(epoch=2), names=['a']), kinds)
        >>> wrong_kind(dict(meta=dict(epoch='b')), kinds)
        "`meta.epoch` is 'b', not a whole number"
        >>> wrong_kind(dict(names=['a', 3]), kinds)
        '`names.1` is 3, not a text'
    """
    for key, types in kinds.items():
        parts = key.split('.') if key else []
        allowed = types if isinstance(types, tuple) else (types, )
        for path, value, may_lack in _entries(content, parts, ''):
            if value is None and may_lack or isinstance(value, allowed) and (
                    not isinstance(value, bool) or bool in allowed):
                continue
            name = f'`{path}`' if path else 'it'
            return f'{name} is {shown(value)}, not {_words(allowed)}'
    return None


def shown(value: Any) -> str:
    """A value of a file in a message: short, and in one line.

    Args:
        value (Any): Anything.

    Returns:
        str: The value itself if it is a simple one; else its type.

    Examples:
        >>> shown('a' * 50), shown([1]), shown(2.5)
        ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...", 'a list', '2.5')
    """
    if isinstance(value, (str, bytes, bool, int, float)):
        # Not `repr` at once, which refuses very long numbers.
        text = ascii(value[:50] if isinstance(value, (
            str, bytes)) else value) if not isinstance(
                value, int) or abs(value) < 2**64 else 'a huge number'
        return text if len(text) <= 42 else text[:39] + '...'
    # Those of configs are subclasses.
    for kind in (dict, list):
        if isinstance(value, kind):
            return _WORDS[kind]
    name = type(value).__name__
    return f'{"an" if name[:1] in "AEIOUaeiou" else "a"} {name}'


def _entries(content: Any,
             parts: List[str],
             path: str,
             may_lack: bool = False) -> Iterator[Tuple[str, Any, bool]]:
    """Values at a dotted key, their own keys, and whether None will do."""
    if not parts:
        yield path, content, may_lack
        return
    if isinstance(content, Mapping):
        keys = list(content) if parts[0] == '*' else [parts[0]]
        found = [(key, content[key]) for key in keys if key in content]
    elif isinstance(content, LISTS) and parts[0] == '*':
        found = list(enumerate(content))
    else:
        found = []
    for key, value in found:
        yield from _entries(value, parts[1:],
                            f'{path}.{key}' if path else str(key),
                            isinstance(content, Mapping))


def _words(types: Tuple[type, ...]) -> str:
    """What is allowed."""
    if types == LISTS:
        types = (list, )
    elif types == NUMBERS:
        return 'a number'
    return ' or '.join(_WORDS.get(x, f'a {x.__name__}') for x in types)
