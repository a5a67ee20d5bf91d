# Copyright (c) mmhoi contributors.
"""Events of the page: nothing but what the page itself sends."""
import json
import re
from typing import Any, Callable, Dict, Mapping, Optional, Sequence

from .request_body import BadRequest
from .upload_limits import FORMATS

_SESSION = re.compile('[0-9a-zA-Z]{1,64}')
# A row of the table has five; its index is a pair of numbers.
MOST_CELLS, CELL_CHARS = 5, 400
ENDINGS = sum(FORMATS.values(), ())


def is_session(name: Any) -> bool:
    """Whether something is a name of a visitor's session.

    Args:
        name (Any): Anything.

    Returns:
        bool: True for a few letters and digits.

    Examples:
        >>> is_session('k3f09x'), is_session('../x'), is_session(None)
        (True, False, False)
    """
    return isinstance(name, str) and bool(_SESSION.fullmatch(name))


def clean_event(body: bytes, inputs: Mapping[int, Sequence[str]],
                has_file: Callable[[str], bool]) -> bytes:
    """Check an event and leave out what the page does not send.

    Args:
        body (bytes): JSON.
        inputs (Mapping[int, Sequence[str]]): Names of the components that an
            event reads, by the number of the event.
        has_file (Callable): Whether a path is that of a file that was sent.

    Returns:
        bytes: JSON for the web framework.

    Raises:
        BadRequest: If it is no event of the page; the reason names the field.

    Examples:
        >>> body = (b'{"fn_index": 0, "data": [0.5], "session_hash": "a", '
        ...         b'"simple_format": true}')
        >>> sorted(json.loads(clean_event(body, {0: ['Slider']}, str)))
        ['data', 'event_data', 'fn_index', 'session_hash', 'trigger_id']
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest(400, 'the request is no JSON') from None
    if not isinstance(event, dict):
        raise BadRequest(400, 'the request is no event of the page')
    number, data = event.get('fn_index'), event.get('data')
    # True is an int, too.
    if type(number) is not int or number not in inputs:
        raise BadRequest(400, 'fn_index: no event of the page')
    if not is_session(event.get('session_hash')):
        raise BadRequest(
            400, 'session_hash: 1 to 64 letters and digits are '
            'expected')
    kinds = inputs[number]
    if not isinstance(data, list) or len(data) != len(kinds):
        raise BadRequest(400, f'data: a list of {len(kinds)} is expected')
    trigger = event.get('trigger_id')
    cleaned = dict(
        fn_index=number,
        session_hash=event['session_hash'],
        trigger_id=trigger if type(trigger) is int else None,
        data=[_INPUTS[kind](value) for kind, value in zip(kinds, data)],
        event_data=_selection(event.get('event_data')))
    for value in cleaned['data']:
        if isinstance(value, dict) and not has_file(value['path']):
            # Never an address, nor another file of the computer.
            raise BadRequest(
                400, 'data: the file was not sent, or is no '
                'longer there')
    try:
        return json.dumps(cleaned, ensure_ascii=False).encode()
    # Half a character, which no answer could hold either.
    except UnicodeEncodeError:
        raise BadRequest(400, 'a text is no text') from None


def _state(value: Any) -> None:
    """The server's own memory, of which the page knows nothing."""


def _file(value: Any) -> Optional[Dict[str, Any]]:
    """A file; whether it was sent is checked by `clean_event`."""
    if value is None:
        return None
    path = value.get('path') if isinstance(value, dict) else None
    if not isinstance(path, str):
        raise BadRequest(400, 'data: a file is expected')
    if not path.lower().endswith(ENDINGS):
        raise BadRequest(
            400, f'data: a file of type {", ".join(ENDINGS)} is '
            'expected')
    return dict(path=path, meta=dict(_type='gradio.FileData'))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadRequest(400, 'data: a text is expected')
    return value


def _fraction(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise BadRequest(400, 'data: a number in 0..1 is expected')
    return value


# By the names of Gradio's components.
_INPUTS = dict(State=_state, File=_file, Textbox=_text, Slider=_fraction)


def _selection(value: Any) -> Dict[str, Any]:
    """What was clicked on: a picture of the examples, or a row."""
    value = value if isinstance(value, dict) else {}
    index, row = value.get('index'), value.get('row_value')
    numbers = index if isinstance(index, list) else [index]
    if len(numbers) > 2 or any(
            type(x) is not int or not 0 <= x < 10**6 for x in numbers):
        # Other events, such as that of a file, have none.
        index = None
    if not isinstance(row, list) or len(row) > MOST_CELLS:
        row = None
    else:
        row = [str(cell)[:CELL_CHARS] for cell in row]
    return dict(index=index, value=None, row_value=row)
