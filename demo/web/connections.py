# Copyright (c) mmhoi contributors.
"""Connections that cannot be held open for nothing. Needs uvicorn."""
import asyncio
import contextlib
import logging
from typing import Any, AsyncIterator, Optional, Tuple

import anyio.to_thread
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Connections at a time; the one that is worth least makes room for another.
MOST_CONNECTIONS = 256
#: Connections that wait until they are accepted.
BACKLOG = 64
#: Seconds until the head of a request must be there, and its bytes.
HEAD_SECONDS, HEAD_BYTES = 10, 16_384
#: Threads that answer; each has memory of its own.
MOST_THREADS = 8
HEARTBEAT = '/gradio_api/heartbeat/'


class ConnectionGuard(H11Protocol):
    """HTTP/1.1 for a client that may be slow, silent or many.

    uvicorn itself waits without end for the head of a request, and opens
    connections until the process has no file descriptor left.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Count the connection and make room for it."""
        super().connection_made(transport)
        self.since = self.loop.time()
        self._too_late: Optional[asyncio.TimerHandle] = None
        self._wait_for_head()
        if len(self.connections) > MOST_CONNECTIONS:
            others = (x for x in self.connections if x is not self)
            min(others, key=worth).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Pass data on; the clock runs while there is nothing to answer.

        That is until a head is complete, and while the rest of a refused
        request comes in.
        """
        super().data_received(data)
        if self.is_answering:
            self._stop_waiting()
            self.since = self.loop.time()
        else:
            self._wait_for_head()

    def connection_lost(self, exc: Optional[Exception]) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    @property
    def is_answering(self) -> bool:
        """bool: Whether a request has come and its answer is not finished."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_head(self) -> None:
        if self._too_late is None:
            self._too_late = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _give_up(self) -> None:
        self._too_late = None
        if not self.is_answering:
            self.transport.abort()


def worth(connection: Any) -> Tuple[int, float]:
    """What a connection is worth, for the choice of one that has to go.

    Args:
        connection (ConnectionGuard): It.

    Returns:
        tuple[int, float]: Silent ones are worth less than those by which a
        page shows that it is open, these less than answers; older ones less
        than younger ones.
    """
    rank = 0
    if connection.is_answering:
        is_heartbeat = connection.scope['path'].startswith(HEARTBEAT)
        rank = 1 if is_heartbeat else 2
    return rank, connection.since


@contextlib.asynccontextmanager
async def few_threads(app: Any) -> AsyncIterator[None]:
    """Limit the threads of a server, as its `lifespan`.

    Args:
        app (ASGIApp): The application.
    """
    anyio.to_thread.current_default_thread_limiter().total_tokens = (
        MOST_THREADS)
    yield


def guard_connections(server: Any) -> None:
    """Have a running server guard the connections that come from now on.

    Args:
        server (uvicorn.Server): The server.
    """
    # Accepted at once, before there is a protocol that could count them.
    for listener in (x for each in server.servers for x in each.sockets):
        with listener.dup() as same_socket:
            same_socket.listen(BACKLOG)
    config = server.config
    config.http_protocol_class = ConnectionGuard
    config.h11_max_incomplete_event_size = HEAD_BYTES
    # The page needs no web socket.
    config.ws_protocol_class = None
    # A line for each broken request would fill the disk.
    for name in ('uvicorn.error', 'python_multipart'):
        logging.getLogger(name).setLevel('CRITICAL')
