# Copyright (c) mmhoi contributors.
"""ASGI middleware: only the requests that the page itself makes."""
import json
from typing import Any, Awaitable, Callable, Tuple

Scope = Any
ASGIApp = Callable[[Scope, Callable, Callable], Awaitable[None]]

# The web framework has many more: it fetches addresses for a caller, converts
# videos, edits the running program in a development mode.
UPLOAD, JOIN = '/gradio_api/upload', '/gradio_api/queue/join'
PAGES = ('/', '/config', '/theme.css', '/favicon.ico', '/manifest.json',
         '/robots.txt')
PREFIXES = ('/assets/', '/static/', '/svelte/', '/gradio_api/file=',
            '/gradio_api/heartbeat/')
CALLS = (UPLOAD, JOIN) + tuple(f'/gradio_api/{name}' for name in (
    'cancel', 'queue/data', 'reset', 'startup-events', 'upload_progress'))


class RouteFilter:
    """Let only known routes and bodies of a bounded size pass.

    Args:
        app (ASGIApp): The application behind it.
        max_bytes (int): Largest body of an upload.
        max_form_bytes (int): Largest body of another request. Defaults to
            100 000.
    """

    def __init__(self,
                 app: ASGIApp,
                 max_bytes: int,
                 max_form_bytes: int = 100_000) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.max_form_bytes = max_form_bytes

    async def __call__(self, scope: Scope, receive: Callable,
                       send: Callable) -> None:
        """Pass a request on or answer it with an error."""
        if scope['type'] == 'lifespan':
            await self.app(scope, receive, send)
        elif scope['type'] == 'http':
            await self._handle_http(scope, receive, send)

    async def _handle_http(self, scope: Scope, receive: Callable,
                           send: Callable) -> None:
        status, reason = self._check_head(scope)
        if not status and scope['path'] == JOIN:
            body = await _read_body(receive)
            if names_address(body):
                status, reason = 400, 'addresses of files are not accepted'
            receive = _replay(body, receive)
        if status:
            await _refuse(send, status, reason)
        else:
            await self.app(scope, receive, send)

    def _check_head(self, scope: Scope) -> Tuple[int, str]:
        """Status and reason, or 0 if the request may pass."""
        path = scope['path']
        if not is_known_route(path):
            return 404, 'not found'
        if scope['method'] not in ('GET', 'HEAD', 'OPTIONS'):
            length = dict(scope['headers']).get(b'content-length', b'')
            if not length.isdigit():
                return 411, 'the length of the body is missing'
            limit = self.max_bytes if path == UPLOAD else self.max_form_bytes
            if int(length) > limit:
                return 413, f'at most {limit} bytes are accepted'
        return 0, ''


def is_known_route(path: str) -> bool:
    """Whether the page needs a route.

    Args:
        path (str): Path of a request, decoded.

    Returns:
        bool: False for unknown ones and for addresses of other servers.

    Examples:
        >>> is_known_route('/gradio_api/upload')
        True
        >>> is_known_route('/gradio_api/file=http://example.org/a.png')
        False
    """
    if '://' in path:
        return False
    return path in PAGES + CALLS or path.startswith(PREFIXES)


def names_address(body: bytes) -> bool:
    """Whether a request asks the server to fetch a file from elsewhere.

    Args:
        body (bytes): JSON.

    Returns:
        bool: True if a `path` in it is an address, or if it is no JSON.

    Examples:
        >>> names_address(b'{"data": [{"path": "http://example.org/a.png"}]}')
        True
        >>> names_address(b'{"data": ["see http://example.org"]}')
        False
    """

    def find(value: Any) -> bool:
        if isinstance(value, dict):
            return '://' in str(value.get('path')) or any(
                map(find, value.values()))
        return isinstance(value, list) and any(map(find, value))

    try:
        return find(json.loads(body))
    except (ValueError, RecursionError):
        return True


async def _read_body(receive: Callable) -> bytes:
    """The body of a request, its length checked by the server."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get('body', b''))
        if not message.get('more_body'):
            return b''.join(parts)


def _replay(body: bytes, receive: Callable) -> Callable:
    """A `receive` that begins with a body that was read already."""
    messages = [dict(type='http.request', body=body)]

    async def replay() -> Any:
        return messages.pop() if messages else await receive()

    return replay


async def _refuse(send: Callable, status: int, reason: str) -> None:
    """Answer a request with a line of text."""
    await send(
        dict(
            type='http.response.start',
            status=status,
            headers=[(b'content-type', b'text/plain; charset=utf-8')]))
    await send(dict(type='http.response.body', body=reason.encode()))
