# Copyright (c) mmhoi contributors.
"""A server of its own, without Gradio."""
import asyncio
import contextlib
import os

import pytest

uvicorn = pytest.importorskip('uvicorn')
from web import connections  # noqa: E402

REQUEST = b'GET / HTTP/1.1\r\nHost: a\r\n\r\n'


async def app(scope, receive, send):
    if scope['path'].startswith(connections.HEARTBEAT):
        # A page that stays open.
        await receive()
        await receive()
    await send(dict(type='http.response.start', status=200, headers=[]))
    await send(dict(type='http.response.body', body=b'hello'))


@contextlib.asynccontextmanager
async def serve():
    config = uvicorn.Config(
        app, port=0, log_level='critical', lifespan='off', http='h11')
    server = uvicorn.Server(config)
    # No signals of the tests' process.
    server.capture_signals = contextlib.nullcontext
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    connections.guard_connections(server)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield server, lambda: asyncio.open_connection('127.0.0.1', port)
    server.should_exit = server.force_exit = True
    await task


async def ask(opened):
    reader, writer = opened
    writer.write(REQUEST)
    return await asyncio.wait_for(reader.read(15), 20)


async def closed(opened):
    """Whether the server closes a connection."""
    with contextlib.suppress(ConnectionError):
        return await asyncio.wait_for(opened[0].read(), 20) == b''
    return True


@pytest.mark.parametrize('data', [b'', b'GET / HT', REQUEST[:-2]])
def test_head_that_does_not_come(data, monkeypatch):
    monkeypatch.setattr(connections, 'HEAD_SECONDS', 0.1)

    async def run():
        async with serve() as (_, connect):
            opened = await connect()
            opened[1].write(data)
            assert await closed(opened)

    asyncio.run(run())


def test_large_head():

    async def run():
        async with serve() as (_, connect):
            reader, writer = await connect()
            writer.write(b'GET / HTTP/1.1\r\nA: ' + bytes(20_000))
            assert b' 400 ' in await reader.read(20)

    asyncio.run(run())


def test_answers_go_on(monkeypatch):
    """The time counts until there is something to answer."""
    monkeypatch.setattr(connections, 'HEAD_SECONDS', 0.1)

    async def run():
        async with serve() as (_, connect):
            reader, writer = await connect()
            writer.write(
                REQUEST.replace(b'/ ',
                                connections.HEARTBEAT.encode() + b'a '))
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.5)
            writer.close()

    asyncio.run(run())


def test_silent_ones_make_room(monkeypatch):
    monkeypatch.setattr(connections, 'MOST_CONNECTIONS', 3)

    async def run():
        async with serve() as (server, connect):
            page = await connect()
            page[1].write(
                REQUEST.replace(b'/ ',
                                connections.HEARTBEAT.encode() + b'a '))
            while not any(x.is_answering
                          for x in server.server_state.connections):
                await asyncio.sleep(0.01)
            silent = [await connect() for _ in range(9)]
            assert b'200' in await ask(await connect())
            assert await closed(silent[0])
            assert len(server.server_state.connections) <= 3
            # The page is older than they are, but worth more.
            assert not page[0].at_eof()
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(page[0].read(1), 0.2)

    asyncio.run(run())


@pytest.mark.skipif(
    not os.path.isdir('/proc/self/fd'), reason='counts in /proc')
def test_no_descriptor_is_left():

    async def run():
        async with serve() as (_, connect):
            before = len(os.listdir('/proc/self/fd'))
            for _ in range(20):
                opened = await connect()
                opened[1].write(b'GET /')
                opened[1].close()
            for _ in range(200):
                if len(os.listdir('/proc/self/fd')) <= before:
                    return
                await asyncio.sleep(0.1)
            raise AssertionError('descriptors are left')

    asyncio.run(run())
