# Copyright (c) mmhoi contributors.
import asyncio

import pytest
from web import BadRequest, RequestBody
from web.request_body import form_boundary

PART = b'--abc\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n'


def read(parts, max_bytes=1000, boundary=None):
    messages = [
        dict(type='http.request', body=part, more_body=True) for part in parts
    ] + [dict(type='http.request', body=b'', more_body=False)]

    async def receive():
        return messages.pop(0)

    return asyncio.run(RequestBody(receive, max_bytes, boundary).read())


@pytest.mark.parametrize('size', [1, 3, 1000])
def test_one_part(size):
    body = PART + b'--abc--\r\n'
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    assert read(pieces, boundary=b'abc') == body


@pytest.mark.parametrize('size', [1, 3, 1000])
def test_many_parts(size):
    """Each would be an open file."""
    body = 2 * PART + b'--abc--\r\n'
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    with pytest.raises(BadRequest, match='one file'):
        read(pieces, boundary=b'abc')


def test_too_large():
    assert read([bytes(500)] * 2) == bytes(1000)
    with pytest.raises(BadRequest, match='at most 1000 bytes'):
        read([bytes(500)] * 2 + [b'a'])


def test_too_slow(monkeypatch):
    monkeypatch.setattr('web.request_body.GRACE_SECONDS', 0.05)

    async def ask():
        await RequestBody(asyncio.Event().wait, 10)()

    with pytest.raises(BadRequest, match='too slowly') as error:
        asyncio.run(ask())
    assert error.value.status == 408


def test_waits_for_the_client_to_go(monkeypatch):
    """After the body: pages stay open for long."""
    monkeypatch.setattr('web.request_body.GRACE_SECONDS', 0)
    messages = [dict(type='http.request'), dict(type='http.disconnect')]

    async def receive():
        return messages.pop(0)

    async def ask():
        body = RequestBody(receive, 10)
        body._complete = True
        return [await body() for _ in range(2)]

    assert asyncio.run(ask())[1] == dict(type='http.disconnect')


def test_client_goes():

    async def receive():
        return dict(type='http.disconnect')

    with pytest.raises(BadRequest, match='not complete'):
        asyncio.run(_read_one(receive))


async def _read_one(receive):
    body = RequestBody(receive, 10)
    body._complete = False
    return await body.read()


@pytest.mark.parametrize('content_type', [
    b'', b'text/plain', b'multipart/form-data',
    b'multipart/form-data; boundary=', b'multipart/form-data; boundary="a',
    b'multipart/form-data; boundary=a; boundary=b',
    b'multipart/form-data; boundary=' + b'a' * 71
])
def test_refuses_forms(content_type):
    with pytest.raises(BadRequest, match='a form with a file'):
        form_boundary(content_type)


def test_boundaries_of_browsers():
    for boundary in (b'----WebKitFormBoundaryAbC123', b'---------------------'
                     b'------1234567890'):
        kind = b'multipart/form-data; boundary=' + boundary
        assert form_boundary(kind) == boundary
