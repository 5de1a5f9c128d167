"""A connection's two ends: what the library needs of a socket, and the WebSocket of `websockets`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

LOST = 1006
"""The network broke the connection, or there was none."""

# An answer may be larger than a frame to the server.
_MAX_BYTES = 4 * 1024 * 1024
_SUBPROTOCOL = "behest.v1"


@dataclass(frozen=True)
class Address:
    """Where and as what to connect."""

    server: str
    query: dict[str, str] = field(default_factory=dict)
    token: str | None = None


class SocketEvents(Protocol):
    """What a socket tells. `closed` is told once, last."""

    def message(self, text: str) -> None: ...

    def closed(self, code: int, reason: str) -> None: ...

    def refused(self, status: int) -> None:
        """The server answered the attempt with this HTTP status. Told in place of `closed`."""
        ...


class Socket(Protocol):
    """An open or opening connection. Nothing here waits or raises."""

    def send(self, text: str) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


Dial = Callable[[Address, SocketEvents], Socket]
"""Opens a connection; tells nothing before it returned."""


class WebSocket:
    """`websockets` as a `Socket`."""

    def __init__(self, address: Address, events: SocketEvents) -> None:
        self._address = address
        self._events = events
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self._closing: tuple[int, str] | None = None
        self._socket: ClientConnection | None = None
        self._task = asyncio.create_task(self._run())
        self._closer: asyncio.Task[None] | None = None

    def send(self, text: str) -> None:
        self._outgoing.put_nowait(text)

    def close(self, code: int, reason: str) -> None:
        if self._closing is not None:
            return
        self._closing = (code, reason)
        if self._socket is None:
            self._task.cancel()
        else:
            self._closer = asyncio.create_task(self._socket.close(code, reason))

    async def _run(self) -> None:
        address = self._address
        headers = {} if address.token is None else {"Authorization": f"Bearer {address.token}"}
        try:
            self._socket = await connect(
                _ws_url(address),
                additional_headers=headers,
                subprotocols=[Subprotocol(_SUBPROTOCOL)],
                max_size=_MAX_BYTES,
                # The protocol has heartbeats of its own.
                ping_interval=None,
                close_timeout=2,
            )
        except InvalidStatus as error:
            return self._events.refused(error.response.status_code)
        except asyncio.CancelledError:
            return self._events.closed(*(self._closing or (LOST, "")))
        except Exception:
            # Whatever keeps a connection from opening: it is tried again.
            return self._events.closed(LOST, "")
        writer = asyncio.create_task(self._write(self._socket))
        try:
            async for text in self._socket:
                self._events.message(text if isinstance(text, str) else "")
        except ConnectionClosed:
            pass
        finally:
            writer.cancel()
        code = self._socket.close_code
        self._events.closed(LOST if code is None else code, self._socket.close_reason or "")

    async def _write(self, socket: ClientConnection) -> None:
        try:
            while True:
                await socket.send(await self._outgoing.get())
        except ConnectionClosed:
            return


def _ws_url(address: Address) -> str:
    base = address.server.rstrip("/")
    return f"ws{base.removeprefix('http')}/api/ws{query_text(address.query)}"


def query_text(query: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return f"?{urlencode(query)}" if query else ""
