# Copyright (c) mmhoi contributors.
"""Requests that no page sends."""
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Iterator, List, Tuple
from urllib.parse import quote

import numpy as np
from web_client import JOIN, JSON, UPLOAD, Reply, WebClient

# What must not appear in any answer.
SECRETS = (b'root:x:0', b'Traceback', b'site-packages', b'import torch',
           b'# Copyright (c) mmhoi')
MARKUP = ('<script>alert(1)</script>', '{{7*7}}', '${7*7}', '<img src=x '
          'onerror=alert(1)>', "'; DROP TABLE hois; --", '%s%n%x', '../../etc')
PREFIXES = ('/gradio_api/file=', '/static/', '/assets/', '/svelte/')
UNUSED = ('/gradio_api/run/on_detect', '/gradio_api/api/on_detect',
          '/gradio_api/call/on_detect', '/gradio_api/info', '/openapi.json',
          '/gradio_api/openapi.json', '/docs', '/redoc', '/monitoring',
          '/monitoring/summary', '/gradio_api/component_server',
          '/gradio_api/component_server/', '/gradio_api/queue/status',
          '/gradio_api/cancel', '/gradio_api/reset', '/gradio_api/token',
          '/gradio_api/user', '/gradio_api/app_id', '/gradio_api/dev/reload',
          '/gradio_api/runs', '/gradio_api/process_recording', '/login',
          '/logout', '/gradio_api/vibe-edit', '/gradio_api/vibe-code',
          '/gradio_api/stream/a', '/gradio_api/stream/a/b/c/playlist.m3u8',
          '/gradio_api/custom_component/1/client/a/b', '/pwa_icon/99999',
          '/gradio_api/upload_progress?upload_id=a', '/gradio_api/deep_link',
          '/gradio_api/mcp/sse', '/gradio_api/profiling/traces', '/.env',
          '/.git/config', '/gradio_api/file/etc/passwd', '/stream', '/file=/a',
          '/proxy=http://127.0.0.1/', '/gradio_api/proxy=http://127.0.0.1/',
          '/queue/join', '/upload', '/component_server', '/server-status')
METHODS = ('PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'HEAD',
           'POST', 'GET', 'PROPFIND', 'BREW')
Attack = Tuple[str, Callable[[WebClient], Reply]]


def asked(method: str,
          path: str,
          headers: Any = None,
          body: Any = None) -> Callable[[WebClient], Reply]:
    """An attack by one well-formed request."""
    return lambda client: client.ask(method, path, headers, body)


def raw(data: bytes, finish: bool = True) -> Callable[[WebClient], Reply]:
    """An attack by bytes."""
    return lambda client: client.send_raw(data, finish)


def hostile_requests(rng: np.random.Generator, secret: str, canary: str,
                     folder: str) -> Iterator[Attack]:
    """Requests for the server.

    Args:
        rng (np.random.Generator): Source of what is random in them.
        secret (str): A file that nobody may see.
        canary (str): Address of a server that nobody may ask.
        folder (str): Folder of the files of requests.

    Yields:
        tuple[str, Callable]: Kind, and a function that sends it.
    """
    for path in UNUSED:
        for method in ('GET', 'POST'):
            yield 'unused routes', asked(method, path, JSON, b'{"data": []}')
    for path in ('/', '/config', UPLOAD, JOIN, '/gradio_api/queue/data'):
        for method in METHODS:
            yield 'methods', asked(method, path, JSON, b'{}')
    for path in paths(secret, folder):
        for prefix in PREFIXES:
            yield 'paths', asked('GET', prefix + path)
    for name in names():
        yield 'names of files', lambda client, name=name: client.upload(
            name, name.encode('utf-8', 'surrogatepass'))
    for path in (secret, canary, f'{folder}/../../etc/passwd', '\0', '',
                 'file://' + secret, canary.upper(), 7, None, [], {}):
        yield 'fields', join_with(path=path)
        yield 'fields', join_with(path='a', url=path, orig_name=path)
    yield from events(rng)
    yield from bodies(rng)
    yield from heads()
    yield from broken(rng)


def paths(secret: str, folder: str) -> List[str]:
    """Ways to write a path that is not allowed."""
    up = '../' * 12
    return [
        secret, up + secret, folder + '/' + up + secret,
        quote(up, safe='') + secret,
        up.replace('.', '%2e') + secret,
        up.replace('../', '....//') + secret,
        up.replace('/', '\\') + secret,
        up.replace('/', '%5c') + secret,
        up.replace('/', '%252f') + secret, secret + '%00.png',
        '%2e%2e%2f' * 9 + secret, '//' + secret, '/proc/self/environ',
        '/proc/self/cwd/setup.py', '/dev/zero', '/dev/stdin',
        '/proc/self/fd/0', '%5c%5c127.0.0.1%5cc$%5ca', 'file://' + secret,
        'C:/Windows/win.ini', '~/.ssh/id_rsa', '.', 'setup.py',
        './demo/web_demo.py', folder, folder + '/', 'a' * 5000,
        '%c0%ae%c0%ae/' * 9 + secret, '%ff%fe', '%0d%0aX-A:%20b'
    ]


def names() -> List[str]:
    """Names of files that are no names."""
    return [
        '../../../../evil.png', '/tmp/evil.png', '..\\..\\evil.png',
        'C:\\evil.png', 'evil.png\\0.html', '\\\\host\\share\\evil.png', '.',
        '..', '...', '', ' ', 'a' * 300 + '.png', 'é' * 200 + '.png',
        'CON.png', 'a/b/c.png', '.htaccess', '-rf.png', 'a\tb.png',
        'a%00b.png', '%2e%2e%2fevil.png', '\u202egnp.exe', '写真.png',
        *(f'{x}.png' for x in MARKUP)
    ]


def join_with(**file: Any) -> Callable[[WebClient], Reply]:
    """An event about a file with other fields."""

    def send(client: WebClient) -> Reply:
        file.setdefault('meta', dict(_type='gradio.FileData'))
        status, answer = client.send_event('upload', 'upload', [file],
                                           secrets.token_hex(8))
        return event_reply(status, answer)

    return send


def event_reply(status: int, answer: Any) -> Reply:
    """What an event came to, as if it were an answer: 400 if refused."""
    text = json.dumps(answer).encode()
    if status == 200 and (not answer['success'] or answer['warnings']):
        return Reply(400, text)
    return Reply(status, text)


def events(rng: np.random.Generator) -> Iterator[Attack]:
    """Events with odd data."""
    odd = (None, True, -1, 1e308, 10**30, '', 'x' * 50_000, [], {}, [[[]]], {
        'path': '/etc/passwd'
    }, '\0', '\ud800', '🦓' * 30, float('nan'), '\u202e\u0000', {
        '__type__': 'update',
        'value': 1
    })
    for value in odd:
        for i in range(3):
            data = [None, '', 0.3]
            data[i] = value
            yield 'odd data', sent('detect', 'click', data)
        yield 'odd data', sent('threshold', 'release', [value, value])
        yield 'odd data', sent('upload', 'upload', [value])
        for name in ('table', 'examples'):
            data = [None] * (name == 'table')
            yield 'odd data', sent(name, 'select', data,
                                   dict(index=value, row_value=[value]))
            yield 'odd data', sent(name, 'select', data, value)
    for text in (*MARKUP, 'é\n' * 99, 'ride ' * 20_000, '\n' * 90_000,
                 '\n'.join(map(str, range(101))), *(letters(rng)
                                                    for _ in range(8))):
        yield 'texts', chosen_then(text)


def letters(rng: np.random.Generator) -> str:
    """Lines of any characters."""
    codes = rng.integers(1, 0x10ffff, (20, 40))
    return '\n'.join(''.join(chr(x) for x in line if not 0xd800 <= x < 0xe000)
                     for line in codes)


def sent(*args: Any) -> Callable[[WebClient], Reply]:
    """An attack by an event of a new visitor."""
    return lambda client: event_reply(*client.send_event(
        *args[:3], secrets.token_hex(8), *args[3:]))


def chosen_then(text: str) -> Callable[[WebClient], Reply]:
    """An attack by own interactions, for an example of the page."""

    def send(client: WebClient) -> Reply:
        session = secrets.token_hex(8)
        client.send_event('examples', 'select', [], session,
                          dict(index=0, value=None))
        return event_reply(
            *client.send_event('detect', 'click', [None, text, 0.3], session))

    return send


def bodies(rng: np.random.Generator) -> Iterator[Attack]:
    """Bodies that are not what they should be."""
    deep = b'[' * 40_000 + b']' * 40_000
    wide = json.dumps({f'k{i}': i for i in range(6000)}).encode()
    form = {'Content-Type': 'multipart/form-data; boundary=abcdef'}
    event = b'{"data": [%b], "fn_index": 0, "session_hash": "a"}'
    for body in (b'', b'{', b'null', b'7', b'"a"', b'[]', deep, wide,
                 event % deep, event % b'1e999',
                 event % b'NaN', event % (b'9' * 90_000), b'\xff\xfe{\0}\0',
                 bytes(1000), b'{"data": 1, "data": [1]}', bytes(99_999),
                 bytes(100_001), bytes(9_000_000), rng.bytes(5000)):
        yield 'bodies', asked('POST', JOIN, JSON, body)
        yield 'bodies', asked('POST', UPLOAD, form, body)
        yield 'bodies', asked('POST', JOIN, form, body)
    yield 'bodies', asked('POST', UPLOAD, form, bytes(12_000_000))
    part = b'--abcdef\r\nContent-Disposition: form-data; name="files"; ' \
           b'filename="a.png"\r\n\r\n%b\r\n'
    for count in (0, 2, 900, 9000):
        body = part % b'a' * count + b'--abcdef--\r\n'
        yield 'bodies', asked('POST', UPLOAD, form, body)
    head = b'--abcdef\r\n' + b'X: ' + b'a' * 90_000 + b'\r\n\r\n'
    for body in (head, b'--abcdef\r\n' * 5000, part % b'a',
                 part.replace(b'files', b'other') % b'a' + b'--abcdef--',
                 part.replace(b'; filename="a.png"', b'') % b'a' +
                 b'--abcdef--'):
        yield 'bodies', asked('POST', UPLOAD, form, body)
    for kind in ('multipart/form-data', 'multipart/form-data; boundary=',
                 'multipart/form-data; boundary=a; boundary=b', 'text/plain',
                 'multipart/form-data; boundary=' + 'a' * 5000,
                 'multipart/mixed; boundary=a', 'application/json; charset=x'):
        yield 'bodies', asked('POST', UPLOAD, {'Content-Type': kind},
                              part % b'a')


def heads() -> Iterator[Attack]:
    """Headers that say who asks whom."""
    for host in ('example.org', 'example.org:80', '127.0.0.1.example.org',
                 'localhost@example.org', '', 'a' * 3000, '169.254.169.254',
                 '[::ffff:7f00:1]', '127.0.0.1:7860, example.org'):
        yield 'headers', asked('GET', '/config', dict(Host=host))
    for origin in ('http://example.org', 'null', 'http://127.0.0.1:1',
                   'http://localhost', 'file://', 'https://127.0.0.1'):
        for path in (UPLOAD, JOIN):
            yield 'headers', asked('POST', path, dict(JSON, Origin=origin),
                                   b'{}')
    for name in ('cross-site', 'same-site'):
        yield 'headers', asked('POST', JOIN, {
            **JSON, 'Sec-Fetch-Site': name
        }, b'{}')
    for name, value in (('X-Forwarded-Host',
                         'example.org'), ('X-Forwarded-Proto', 'javascript'),
                        ('X-Forwarded-For',
                         '10.0.0.1'), ('X-Forwarded-Prefix',
                                       '/a'), ('Referer',
                                               'http://example.org/'),
                        ('Range', 'bytes=5-2'), ('Range', 'bytes=²-³'),
                        ('Range', 'bytes=' + '0-1,' * 1000 + '0-1'),
                        ('Cookie', 'a=' + 'b' * 5000), ('X-Gradio-Server',
                                                        'http://example.org'),
                        ('Content-Length', '5'), ('Transfer-Encoding', 'gzip'),
                        ('Expect', 'a'), ('Upgrade',
                                          'h2c'), ('Accept-Encoding',
                                                   'br;q=x'), ('X-Large',
                                                               'a' * 20_000)):
        value = value.encode('latin-1')
        for path in ('/', '/config', '/static/img/logo.svg'):
            yield 'headers', asked('GET', path, {name: value})


def broken(rng: np.random.Generator) -> Iterator[Attack]:
    """Bytes that are no request, or half of one."""
    head = b'POST %b HTTP/1.1\r\nHost: localhost\r\n' % UPLOAD.encode()
    event = b'POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: ' \
            b'application/json\r\n' % JOIN.encode()
    get = b'GET / HTTP/1.1\r\nHost: localhost\r\n'
    web_socket = get + b'Connection: Upgrade\r\nUpgrade: websocket\r\n' \
        b'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' \
        b'Sec-WebSocket-Version: 13\r\n\r\n'
    chunked = b'Transfer-Encoding: chunked\r\n\r\n'
    for data in (
            b'', b'\r\n' * 500, b'GET', b'GET / HTTP/9.9\r\n\r\n',
            b'GET /\r\n', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
            b'\x16\x03\x01\x02\0\1\0\1\xfc\3\3' + rng.bytes(200),
            get + b'A: b\r\n' * 5000 + b'\r\n', get + b'A' * 70_000,
            get + b': b\r\n\r\n', get + b'A\0: b\r\n\r\n',
            get + b'Host: example.org\r\n\r\n', b'GET / HTTP/1.1\r\n\r\n',
            b'GET http://example.org/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
            b'GET ' + b'/a' * 20_000 + b' HTTP/1.1\r\n\r\n', web_socket,
            web_socket.replace(b'GET /', b'GET /gradio_api/queue/data'),
            head + b'Content-Length: 500\r\n\r\nabc',
            head + b'Content-Length: -1\r\n\r\nabc',
            head + b'Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
            head + b'Content-Length: ' + b'9' * 5000 + b'\r\n\r\n',
            head + b'Content-Length: 0x10\r\n\r\n' + bytes(16),
            head + b'Content-Length: 5\r\n' + chunked + b'5\r\nabcde\r\n0\r\n',
            head + chunked + b'zz\r\nabc\r\n', event + chunked + b'5\r\nab',
            event + chunked + b'fffffffffffffffff\r\na', event + chunked +
            3000 * b'40\r\n' + bytes(64), event + b'Content-Length: 9\r\n' +
            chunked + 200 * (b'1000\r\n' + bytes(4096) + b'\r\n'),
            event.replace(b'POST', b'GET') + chunked + 200 *
        (b'1000\r\n' + bytes(4096) + b'\r\n'),
            event + b'Content-Length: 9\r\n\r\n{}', 40 * (get + b'\r\n'),
            get.replace(b'1.1', b'1.0') + b'\r\n', rng.bytes(3000)):
        for finish in (True, False):
            yield 'broken requests', raw(data, finish)


def burst(client: WebClient, attacks: List[Callable],
          size: int) -> List[Reply]:
    """Send many at once."""
    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(lambda attack: attack(client), attacks))


def hold_open(client: WebClient, count: int) -> List[Any]:
    """Connections that are opened and not used: half heads, slow bodies,
    streams that nobody reads, pages that stay open."""
    session = secrets.token_hex(8)
    starts = [
        b'GET / HTTP/1.1\r\nHost: loc',
        b'POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/'
        b'form-data; boundary=abcdef\r\nContent-Length: 900000\r\n\r\n'
        b'--abcdef\r\nContent-Disposition: form-data; name="files"; '
        b'filename="a.png"\r\n\r\nab' % UPLOAD.encode(),
        b'POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/'
        b'json\r\nContent-Length: 9000\r\n\r\n{' % JOIN.encode(),
        b'GET /gradio_api/heartbeat/%b HTTP/1.1\r\nHost: localhost\r\n\r\n' %
        session.encode(),
        b'GET /gradio_api/queue/data?session_hash=%b HTTP/1.1\r\nHost: '
        b'localhost\r\n\r\n' % session.encode(),
        3 * b'GET /config HTTP/1.1\r\nHost: localhost\r\n\r\n',
        b'',
    ]
    held = []
    for i in range(count):
        held.append(client.connect())
        try:
            held[-1].sendall(starts[i % len(starts)])
        except OSError:
            continue
    return held


def leave_early(client: WebClient, count: int) -> None:
    """Visitors that ask for a detection and go before it comes."""
    for _ in range(count):
        session = secrets.token_hex(8)
        client.send_event('examples', 'select', [], session,
                          dict(index=0, value=None))
        body = client.event_body('detect', 'click', [None, '', 0.3], session)
        client.ask('POST', JOIN, JSON, json.dumps(body).encode())
        with client.connect() as stream:
            stream.sendall(b'GET /gradio_api/queue/data?session_hash=%b '
                           b'HTTP/1.1\r\nHost: localhost\r\n\r\n' %
                           session.encode())
            time.sleep(0.05)
