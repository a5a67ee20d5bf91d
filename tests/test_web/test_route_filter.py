# Copyright (c) mmhoi contributors.
import asyncio
import json
import os

import pytest
from web import RequestFolder, RouteFilter, is_known_route

UPLOAD, JOIN = '/gradio_api/upload', '/gradio_api/queue/join'
FORM = b'multipart/form-data; boundary=abc'
EVENT = json.dumps(dict(fn_index=0, data=['a'], session_hash='s')).encode()
#: Largest file, and largest upload with the rest of the form.
MAX_BYTES, MAX_FORM = 200, 100_200


@pytest.fixture(scope='module')
def folder():
    with RequestFolder(60) as folder:
        yield folder


@pytest.fixture
def ask(folder):
    """Function that sends a request; returns the answer as a dict."""

    def ask(path,
            method='GET',
            body=b'',
            headers=None,
            parts=1,
            query=b'',
            fail=None):
        got, sent = [], []

        async def app(scope, receive, send):
            got.append(scope)
            message = dict(more_body=True)
            while message.get('more_body'):
                message = await receive()
                got.append(message['body'])
            if fail is not None:
                raise fail
            await send(dict(type='http.response.start', status=200))

        step = max(len(body) // parts, 1)
        messages = [
            dict(type='http.request', body=body[i:i + step], more_body=True)
            for i in range(0, len(body), step)
        ] + [dict(type='http.request', body=b'')]

        async def receive():
            return messages.pop(0)

        async def send(message):
            sent.append(message)

        kind = FORM if path == UPLOAD else b'application/json'
        all_headers = {b'host': b'localhost:7860', b'content-type': kind}
        if method == 'POST':
            all_headers[b'content-length'] = str(len(body)).encode()
        all_headers.update(headers or {})
        scope = dict(
            type='http',
            path=path,
            method=method,
            query_string=query,
            headers=[(k, v) for k, v in all_headers.items() if v is not None])
        asyncio.run(
            RouteFilter(app, MAX_BYTES, folder,
                        {0: ['Textbox']})(scope, receive, send))
        return dict(
            status=sent[0]['status'],
            scope=got[0] if got else None,
            body=b''.join(got[1:]),
            text=b''.join(x.get('body', b'') for x in sent),
            headers=dict(sent[0]['headers']))

    return ask


@pytest.mark.parametrize('path, known', [
    ('/', True),
    ('/assets/index.js', True),
    ('/gradio_api/file=https://example.org/a.png', False),
    ('/gradio_api/proxy=https://example.org/a.png', False),
    ('/gradio_api/vibe-code', False),
    ('/gradio_api/process_recording', False),
    ('/gradio_api/run/detect', False),
    ('/gradio_api/uploads', False),
    ('/gradio_api/cancel', False),
    ('/gradio_api/upload_progress', False),
    ('/gradio_api/component_server', False),
    ('/static/a\0b', False),
    ('/static/' + 'a' * 2000, False),
    ('/monitoring', False),
    ('/docs', False),
])
def test_routes(ask, path, known):
    assert is_known_route(path) == known
    assert ask(path)['status'] == (200 if known else 404)


@pytest.mark.parametrize('path, method, status', [
    ('/', 'HEAD', 200),
    ('/', 'POST', 405),
    ('/config', 'OPTIONS', 405),
    (JOIN, 'GET', 405),
    (UPLOAD, 'PUT', 405),
])
def test_methods(ask, path, method, status):
    assert ask(path, method)['status'] == status


@pytest.mark.parametrize('path, size, status', [
    (UPLOAD, MAX_FORM, 200),
    (UPLOAD, MAX_FORM + 1, 413),
    (JOIN, 100_001, 413),
])
def test_sizes(ask, path, size, status):
    body = bytes(size)
    answer = ask(path, 'POST', body)
    assert answer['status'] == status
    assert answer['body'] == (body if status == 200 else b'')


@pytest.mark.parametrize('headers, status', [
    ({
        b'content-length': None
    }, 411),
    ({
        b'content-length': b'+5'
    }, 411),
    ({
        b'content-length': b'9' * 5000
    }, 413),
    ({
        b'transfer-encoding': b'chunked'
    }, 411),
    ({
        b'content-type': b'text/plain'
    }, 415),
    ({
        b'host': None
    }, 400),
])
def test_heads(ask, headers, status):
    assert ask(UPLOAD, 'POST', b'a', headers)['status'] == status


def test_longer_than_promised(ask):
    """What a length does not count is not read."""
    answer = ask(UPLOAD, 'POST', bytes(MAX_FORM + 1),
                 {b'content-length': b'5'})
    assert answer['status'] == 413


@pytest.mark.parametrize('headers', [
    {
        b'content-length': b'5'
    },
    {
        b'transfer-encoding': b'chunked'
    },
])
def test_bodies_are_not_expected(ask, headers):
    assert ask('/config', headers=headers)['status'] == 400


@pytest.mark.parametrize('headers, status', [
    ({
        b'origin': b'http://localhost:7860'
    }, 200),
    ({
        b'origin': b'https://demo.example.org',
        b'x-forwarded-host': b'demo.example.org'
    }, 200),
    ({
        b'sec-fetch-site': b'same-origin'
    }, 200),
    ({
        b'origin': b'http://example.org'
    }, 403),
    ({
        b'origin': b'http://localhost:8000'
    }, 403),
    ({
        b'origin': b'null'
    }, 403),
    ({
        b'sec-fetch-site': b'cross-site'
    }, 403),
])
def test_pages_of_other_servers(ask, headers, status):
    answer = ask(JOIN, 'POST', EVENT, headers)
    assert answer['status'] == status
    if status == 200:
        # Gradio is not told, so that it allows no other page anything.
        assert b'origin' not in dict(answer['scope']['headers'])


@pytest.mark.parametrize('parts', [1, 5])
def test_event(ask, parts):
    answer = ask(JOIN, 'POST', EVENT, parts=parts)
    assert answer['status'] == 200
    assert json.loads(answer['body'])['data'] == ['a']
    assert ask(JOIN, 'POST', b'no json', parts=parts)['status'] == 400


@pytest.mark.parametrize('path, query, status', [
    ('/gradio_api/queue/data', b'session_hash=abc', 200),
    ('/gradio_api/queue/data', b'session_hash=' + b'a' * 65, 400),
    ('/gradio_api/queue/data', b'session_hash=a&session_hash=.', 400),
    ('/gradio_api/queue/data', b'', 400),
    ('/gradio_api/heartbeat/abc', b'', 200),
    ('/gradio_api/heartbeat/a/b', b'', 400),
])
def test_sessions(ask, path, query, status):
    assert ask(path, query=query)['status'] == status


def test_other_queries_and_headers_are_left_out(ask):
    scope = ask('/config', headers={b'range': b'bytes=0-'}, query=b'a=b')
    assert scope['scope']['query_string'] == b''
    assert b'range' not in dict(scope['scope']['headers'])


def test_files_of_the_folder_only(ask, folder, tmp_path):
    inside = f'{folder.path}/a.html'
    link, outside = f'{folder.path}/link', tmp_path / 'b.png'
    outside.write_text('secret')
    with open(inside, 'w') as file:
        file.write('<script>')
    (tmp_path / 'to').symlink_to(folder.path)
    os.symlink(outside, link)
    files = '/gradio_api/file='
    for path, status in ((inside, 200), (f'{tmp_path}/to/a.html', 200),
                         (outside, 403), (link, 403), (folder.path, 403),
                         (f'{folder.path}/../{tmp_path.name}/b.png',
                          403), (f'{folder.path}x/a', 403), ('', 403)):
        assert ask(f'{files}{path}')['status'] == status, path
    headers = ask(files + inside)['headers']
    assert headers[b'x-content-type-options'] == b'nosniff'
    assert headers[b'content-security-policy'].startswith(b'sandbox')


def test_pages_are_not_kept_by_browsers(ask):
    """After a restart there may be another model behind the page."""
    for path in ('/', '/config'):
        assert ask(path)['headers'][b'cache-control'] == b'no-store'
    assert b'cache-control' not in ask('/assets/a.js')['headers']


@pytest.mark.parametrize('error, status', [
    (OSError(28, 'No space left on device', '/secret/folder'), 507),
    (RuntimeError('at /secret/folder'), 500),
    (TypeError('at /secret/folder'), 400),
])
def test_errors_are_one_line(ask, capsys, error, status):
    answer = ask(UPLOAD, 'POST', b'a', fail=error)
    assert answer['status'] == status
    assert answer['text'].count(b'\n') == 0
    log = capsys.readouterr().err
    assert b'secret' not in answer['text'] and 'secret' not in log
    assert log.count('\n') == (status != 400)


def test_other_connections_are_closed(folder):
    """No page needs a web socket."""

    async def app(scope, receive, send):
        raise AssertionError

    scope = dict(type='websocket', path='/')
    asyncio.run(RouteFilter(app, 1, folder, {})(scope, None, None))
