# Copyright (c) mmhoi contributors.
"""Bodies of requests: as long, as fast and as many-parted as they may be."""
import asyncio
import re
import time
from typing import Any, Callable, Optional

#: Seconds that a body may take anyway, and bytes per second after that.
GRACE_SECONDS, SLOWEST = 5, 20_000
# Exactly what browsers send: with more parameters two readers of the header
# could see two boundaries.
_MULTIPART = re.compile(
    rb'multipart/form-data; ?boundary=("?)([0-9A-Za-z\'()+_,./:=?-]{1,70})\1')


class BadRequest(Exception):
    """A request is refused.

    Args:
        status (int): Of the answer.
        reason (str): One line for the client.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class RequestBody:
    """The ASGI callable `receive` of a request, with limits.

    Args:
        receive (Callable): The server's.
        max_bytes (int): Largest body.
        boundary (bytes, optional): What separates the parts of a form, of
            which there may be one. Defaults to None: no form.
    """

    def __init__(self,
                 receive: Callable,
                 max_bytes: int,
                 boundary: Optional[bytes] = None) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._mark = boundary and b'\r\n--' + boundary
        self._tail = b'\r\n'
        self._marks = 0
        self._num_bytes = 0
        self._start = time.monotonic()
        self._complete = False

    async def __call__(self) -> Any:
        """The next message.

        Raises:
            BadRequest: If the body is too large, too slow or has many parts.
        """
        # From then on it waits for the client to go, which may take long.
        if self._complete:
            return await self._receive()
        end = self._start + GRACE_SECONDS + self._num_bytes / SLOWEST
        try:
            message = await asyncio.wait_for(self._receive(),
                                             max(end - time.monotonic(), 0))
        except asyncio.TimeoutError:
            raise BadRequest(408, 'the request came too slowly') from None
        self._complete = not message.get('more_body')
        self._check(message.get('body', b''))
        return message

    async def read(self) -> bytes:
        """The whole body."""
        parts = []
        while not self._complete:
            message = await self()
            if message['type'] == 'http.disconnect':
                raise BadRequest(400, 'the request is not complete')
            parts.append(message.get('body', b''))
        return b''.join(parts)

    def _check(self, data: bytes) -> None:
        self._num_bytes += len(data)
        if self._num_bytes > self._max_bytes:
            raise BadRequest(
                413, f'at most {self._max_bytes} bytes are '
                'accepted')
        if self._mark:
            data = self._tail + data
            self._marks += data.count(self._mark)
            # What may be the beginning of a mark, but no whole one.
            self._tail = data[max(len(data) - len(self._mark) + 1, 0):]
            # One before and one after the part.
            if self._marks > 2:
                raise BadRequest(400, 'one file at a time is accepted')


def form_boundary(content_type: bytes) -> bytes:
    """What separates the parts of a form.

    Args:
        content_type (bytes): Value of the header.

    Returns:
        bytes: The boundary.

    Raises:
        BadRequest: If there is none, or more than one.

    Examples:
        >>> form_boundary(b'multipart/form-data; boundary=abc')
        b'abc'
    """
    match = _MULTIPART.fullmatch(content_type)
    if not match:
        raise BadRequest(415, 'a form with a file is expected')
    return match[2]


def replay(body: bytes, receive: Callable) -> Callable:
    """A `receive` that begins with a body that was read already.

    Args:
        body (bytes): The body.
        receive (Callable): What says when the client has gone.

    Returns:
        Callable: The new `receive`.
    """
    messages = [dict(type='http.request', body=body, more_body=False)]

    async def receive_again() -> Any:
        return messages.pop() if messages else await receive()

    return receive_again
