# Copyright (c) mmhoi contributors.
"""ASGI middleware: only the requests that the page itself makes."""
import asyncio
import errno
import sys
from typing import Any, Awaitable, Callable, Dict, Mapping, Sequence, Set
from urllib.parse import parse_qs

from .page_event import clean_event, is_session
from .request_body import BadRequest, RequestBody, form_boundary, replay
from .request_folder import RequestFolder

Scope = Any
ASGIApp = Callable[[Scope, Callable, Callable], Awaitable[None]]

# The web framework has many more: it fetches addresses for a caller, converts
# videos, edits the running program in a development mode.
UPLOAD, JOIN = '/gradio_api/upload', '/gradio_api/queue/join'
DATA, FILE = '/gradio_api/queue/data', '/gradio_api/file='
HEARTBEAT = '/gradio_api/heartbeat/'
PAGES = ('/', '/config', '/theme.css', '/favicon.ico', '/manifest.json',
         '/robots.txt', '/gradio_api/startup-events', DATA)
PREFIXES = ('/assets/', '/static/', '/svelte/', FILE, HEARTBEAT)
FORM_BYTES = 100_000
#: Uploads at a time, and seconds that others wait for their turn.
MOST_UPLOADS, TURN_SECONDS = 64, 30
#: Seconds that a client may take for a part of an answer.
SEND_SECONDS = 60
#: Characters of a path; most file systems take 255 bytes of a name.
MOST_CHARS = 1000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
# What else clients say is of no use here: ranges of files, cookies.
_HEADERS = (b'host', b'content-type', b'content-length', b'accept-encoding',
            b'x-forwarded-host', b'x-forwarded-proto')
_ANSWER_HEADERS = ((b'x-content-type-options', b'nosniff'),
                   (b'x-frame-options', b'SAMEORIGIN'), (b'referrer-policy',
                                                         b'no-referrer'))
# A file that was sent is no page, whatever is in it.
_FILE_HEADERS = ((b'content-security-policy', b"sandbox; default-src 'none'"),
                 (b'cache-control', b'private'))
# After a restart the model, and with it the page, may be another one.
_PAGE_HEADERS = ((b'cache-control', b'no-store'), )


class RouteFilter:
    """Let pass what the page sends, and nothing else.

    Args:
        app (ASGIApp): The application behind it.
        max_bytes (int): Largest file.
        folder (RequestFolder): Where files of requests are.
        inputs (Mapping[int, Sequence[str]]): Names of the components that an
            event of the page reads, by its number.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, folder: RequestFolder,
                 inputs: Mapping[int, Sequence[str]]) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.folder = folder
        self.inputs = inputs
        self._turns = asyncio.Semaphore(MOST_UPLOADS)
        # Bytes of the uploads whose turn it is.
        self._coming = 0
        self._told: Set[str] = set()

    async def __call__(self, scope: Scope, receive: Callable,
                       send: Callable) -> None:
        """Pass a request on or answer it with an error."""
        if scope['type'] == 'lifespan':
            await self.app(scope, receive, send)
        elif scope['type'] == 'http':
            await self._handle_http(scope, receive, Answer(scope, send))

    async def _handle_http(self, scope: Scope, receive: Callable,
                           answer: 'Answer') -> None:
        try:
            await self._pass_on(scope, receive, answer)
        except BadRequest as error:
            await answer.refuse(error.status, error.reason)
        # What a client sends must not end in a traceback, here or there.
        except Exception as error:
            if getattr(error, 'errno', None) in _NO_ROOM:
                await answer.refuse(507, 'the server has no room for it')
            else:
                await answer.refuse(500, 'the server cannot answer this '
                                    'request')
            self._tell(scope['path'], error)

    def _tell(self, path: str, error: Exception) -> None:
        """Say once of each kind what went wrong, without what was sent."""
        while getattr(error, 'exceptions', None):
            error = error.exceptions[0]
        route = next(filter(path.startswith, PREFIXES), path)
        text = f'{route} cannot be answered: {type(error).__name__}'
        # Anybody can repeat a request until a log has filled the disk.
        if text not in self._told:
            self._told.add(text)
            print(text, file=sys.stderr, flush=True)

    async def _pass_on(self, scope: Scope, receive: Callable,
                       answer: 'Answer') -> None:
        path, method = scope['path'], scope['method']
        headers = _single_headers(scope)
        if not is_known_route(path):
            raise BadRequest(404, 'not found')
        if method not in (('POST', ) if path in (UPLOAD, JOIN) else
                          ('GET', 'HEAD')):
            raise BadRequest(405, f'{method} is not possible here')
        query = b''
        if path == DATA:
            query = scope['query_string']
            names = parse_qs(query.decode('latin-1')).get('session_hash', [''])
            if not all(map(is_session, names)):
                raise BadRequest(400, 'session_hash: no name of a session')
        if path.startswith(HEARTBEAT) and not is_session(
                path[len(HEARTBEAT):]):
            raise BadRequest(400, 'no name of a session')
        if path.startswith(FILE) and not self.folder.has(path[len(FILE):]):
            raise BadRequest(403, 'no file of a request')
        scope = dict(
            scope,
            query_string=query,
            headers=[x for x in scope['headers'] if x[0] in _HEADERS])
        if method == 'POST':
            _check_origin(headers)
            await self._pass_body(scope, receive, answer, headers)
        elif (headers.get(b'content-length', b'0') != b'0'
              or b'transfer-encoding' in headers):
            raise BadRequest(400, 'a body is not expected')
        else:
            await self.app(scope, receive, answer)

    async def _pass_body(self, scope: Scope, receive: Callable,
                         answer: 'Answer', headers: Dict[bytes,
                                                         bytes]) -> None:
        """Pass on a file or an event."""
        is_upload = scope['path'] == UPLOAD
        limit = FORM_BYTES + is_upload * self.max_bytes
        length = headers.get(b'content-length', b'')
        # With chunks the length would mean nothing.
        if not length.isdigit() or b'transfer-encoding' in headers:
            raise BadRequest(411, 'the length of the body is missing')
        if len(length) > 15 or int(length) > limit:
            raise BadRequest(413, f'at most {limit} bytes are accepted')
        kind = headers.get(b'content-type', b'')
        if not is_upload:
            if kind.partition(b';')[0].strip().lower() != b'application/json':
                raise BadRequest(415, 'JSON is expected')
            body = await RequestBody(receive, limit).read()
            body = clean_event(body, self.inputs, self.folder.has)
            await self.app(scope, replay(body, receive), answer)
            return
        boundary = form_boundary(kind)
        try:
            await asyncio.wait_for(self._turns.acquire(), TURN_SECONDS)
        except asyncio.TimeoutError:
            raise BadRequest(
                503, 'too many files are being sent; try again '
                'later') from None
        self._coming += int(length)
        try:
            self.folder.make_room(self._coming)
            await self.app(scope, RequestBody(receive, limit, boundary),
                           answer)
        except TypeError:
            # How Gradio takes a text where a file should be.
            raise BadRequest(400, 'a form with a file is expected') from None
        finally:
            self._coming -= int(length)
            self._turns.release()


class Answer:
    """The ASGI callable `send` of a request.

    Args:
        scope (dict): The request.
        send (Callable): The server's.
    """

    def __init__(self, scope: Scope, send: Callable) -> None:
        self._send = send
        path = scope['path']
        self._headers = list(_ANSWER_HEADERS)
        if path.startswith(FILE):
            self._headers += _FILE_HEADERS
        elif not path.startswith(PREFIXES):
            self._headers += _PAGE_HEADERS
        self.has_begun = False

    async def __call__(self, message: Any) -> None:
        """Send a message, with headers that keep browsers from mischief."""
        if message['type'] == 'http.response.start':
            self.has_begun = True
            names = {name for name, _ in self._headers}
            message['headers'] = [
                x for x in message.get('headers', ())
                if x[0].lower() not in names
            ] + self._headers
        await asyncio.wait_for(self._send(message), SEND_SECONDS)

    async def refuse(self, status: int, reason: str) -> None:
        """Answer with a line of text, if nothing has been answered yet."""
        if self.has_begun:
            return
        headers = [(b'content-type', b'text/plain; charset=utf-8')]
        await self(
            dict(type='http.response.start', status=status, headers=headers))
        await self(dict(type='http.response.body', body=reason.encode()))


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
    if '://' in path or '\0' in path or len(path) > MOST_CHARS:
        return False
    return path in PAGES + (UPLOAD, JOIN) or path.startswith(PREFIXES)


def _single_headers(scope: Scope) -> Dict[bytes, bytes]:
    """Headers by their names, each of which may come once."""
    headers = dict(scope['headers'])
    for name in (b'host', b'content-type', b'origin'):
        if sum(x[0] == name for x in scope['headers']) > 1:
            raise BadRequest(400, f'there are two headers {name.decode()}')
    if b'host' not in headers:
        raise BadRequest(400, 'the header host is missing')
    return headers


def _check_origin(headers: Mapping[bytes, bytes]) -> None:
    """Refuse what a page of another server has a browser send."""
    if headers.get(b'sec-fetch-site') in (b'cross-site', b'same-site'):
        raise BadRequest(403, 'pages of other servers cannot send this')
    origin = headers.get(b'origin')
    # A server in front of this one may have been asked by another name.
    own = [headers.get(x) for x in (b'host', b'x-forwarded-host')]
    if origin is not None and origin.rpartition(b'//')[2] not in own:
        raise BadRequest(403, 'pages of other servers cannot send this')
