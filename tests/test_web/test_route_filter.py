# Copyright (c) mmhoi contributors.
import asyncio
import json

import pytest
from web import RouteFilter, is_known_route

UPLOAD, JOIN = '/gradio_api/upload', '/gradio_api/queue/join'


def ask(path, method='GET', body=b'', headers=None, parts=1):
    """Status of the answer, and the body that the application behind got."""
    got, sent = [], []

    async def app(scope, receive, send):
        message = dict(more_body=True)
        while message.get('more_body'):
            message = await receive()
            got.append(message['body'])
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

    if headers is None:
        headers = [(b'content-length', str(len(body)).encode())]
    scope = dict(type='http', path=path, method=method, headers=headers)
    asyncio.run(
        RouteFilter(app, max_bytes=200, max_form_bytes=100)(scope, receive,
                                                            send))
    return sent[0]['status'], b''.join(got)


@pytest.mark.parametrize('path, known', [
    ('/', True),
    ('/assets/index.js', True),
    ('/gradio_api/file=/tmp/a.png', True),
    ('/gradio_api/file=https://example.org/a.png', False),
    ('/gradio_api/proxy=https://example.org/a.png', False),
    ('/gradio_api/vibe-code', False),
    ('/gradio_api/process_recording', False),
    ('/gradio_api/run/detect', False),
    ('/gradio_api/uploads', False),
    ('/monitoring', False),
    ('/docs', False),
])
def test_routes(path, known):
    assert is_known_route(path) == known
    assert ask(path)[0] == (200 if known else 404)


@pytest.mark.parametrize('path, size, status', [
    (UPLOAD, 200, 200),
    (UPLOAD, 201, 413),
    ('/gradio_api/cancel', 100, 200),
    ('/gradio_api/cancel', 101, 413),
])
def test_sizes(path, size, status):
    body = bytes(size)
    got = body if status == 200 else b''
    assert ask(path, 'POST', body) == (status, got)


def test_body_of_unknown_length():
    assert ask(UPLOAD, 'POST', bytes(10), headers=[]) == (411, b'')


@pytest.mark.parametrize('data, status', [
    ([dict(path='/tmp/a.png')], 200),
    (['see http://example.org'], 200),
    ([dict(path='http://127.0.0.1/a')], 400),
    ([[dict(a=dict(path='HTTPS://example.org/a'))]], 400),
])
@pytest.mark.parametrize('parts', [1, 5])
def test_files_of_other_servers(data, status, parts):
    body = json.dumps(dict(data=data)).encode()
    got = body if status == 200 else b''
    assert ask(JOIN, 'POST', body, parts=parts) == (status, got)


@pytest.mark.parametrize('body', [
    b'no json', b'', b'[' * 100,
    b'{"path": "\\u0068ttp:\\u002f/example.org/a"}'
])
def test_hidden_addresses(body):
    assert ask(JOIN, 'POST', body) == (400, b'')


def test_other_connections_are_closed():
    """No page needs a web socket."""

    async def app(scope, receive, send):
        raise AssertionError

    scope = dict(type='websocket', path='/')
    asyncio.run(RouteFilter(app, max_bytes=1)(scope, None, None))
