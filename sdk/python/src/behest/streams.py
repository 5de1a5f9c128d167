"""WS-12: server-sent events where WebSockets are blocked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx

from .sockets import LOST, Address, Dial, Socket, SocketEvents, WebSocket, query_text

_BLOCKED_AFTER = 2
"""WebSockets in a row that ended without a frame, before a stream is tried."""


class FallbackDial:
    """Opens WebSockets, and streams where those are blocked.

    A stream that worked is used again; when one fails, a WebSocket is tried again.
    """

    def __init__(self, changed: Callable[[str], None], dial: Dial = WebSocket) -> None:
        self._changed = changed
        self._dial = dial
        self._silent = 0
        self.transport = "websocket"

    def __call__(self, address: Address, events: SocketEvents) -> Socket:
        streams = self._silent >= _BLOCKED_AFTER
        watch = _Watch(events, lambda spoke: self._ended(streams, spoke), lambda: self._spoke(streams))
        return StreamSocket(address, watch) if streams else self._dial(address, watch)

    def _spoke(self, streams: bool) -> None:
        self._silent = _BLOCKED_AFTER if streams else 0
        transport = "stream" if streams else "websocket"
        if transport != self.transport:
            self.transport = transport
            self._changed(transport)

    def _ended(self, streams: bool, spoke: bool) -> None:
        if not spoke:
            self._silent = 0 if streams else self._silent + 1


class _Watch:
    """Passes a socket's events on, and tells of the first frame and of the end."""

    def __init__(self, events: SocketEvents, ended: Callable[[bool], None], spoke: Callable[[], None]) -> None:
        self._events = events
        self._ended = ended
        self._spoke = spoke
        self._heard = False

    def message(self, text: str) -> None:
        if not self._heard:
            self._heard = True
            self._spoke()
        self._events.message(text)

    def closed(self, code: int, reason: str) -> None:
        self._ended(self._heard)
        self._events.closed(code, reason)

    def refused(self, status: int) -> None:
        # Proxies answer in many ways where they let no WebSocket pass.
        self._ended(self._heard or status in (401, 403))
        self._events.refused(status)


class StreamSocket:
    """`GET /api/stream` and `POST /api/v1/rpc` as a `Socket`."""

    def __init__(self, address: Address, events: SocketEvents) -> None:
        headers = {} if address.token is None else {"Authorization": f"Bearer {address.token}"}
        self._http = httpx.AsyncClient(
            base_url=address.server.rstrip("/"), headers=headers, timeout=httpx.Timeout(15, read=None)
        )
        self._query = query_text(address.query)
        self._events = events
        self._over = False
        self._last: asyncio.Task[None] | None = None
        self._posts: set[asyncio.Task[None]] = set()
        self._reader = asyncio.create_task(self._read())

    def send(self, text: str) -> None:
        if self._over:
            return
        # These wait for no answer of others; all other frames leave one after another, as on a WebSocket.
        urgent = json.loads(text).get("method") in ("safety.stop", "heartbeat")
        task = asyncio.create_task(self._post(text, None if urgent else self._last))
        if not urgent:
            self._last = task
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    def close(self, code: int, reason: str) -> None:
        self._end(code, reason)

    async def _read(self) -> None:
        try:
            async with self._http.stream("GET", f"/api/stream{self._query}") as response:
                if response.status_code != 200:
                    return self._end(LOST, "", refused=response.status_code)
                event, data = "message", ""
                async for line in response.aiter_lines():
                    if line.startswith("event:"):
                        event = line[6:].strip()
                    elif line.startswith("data:"):
                        data = line[5:].removeprefix(" ")
                    elif line == "" and data != "":
                        if event == "close":
                            said = json.loads(data)
                            return self._end(said["code"], said["reason"])
                        if not self._over:
                            self._events.message(data)
                        event, data = "message", ""
        except (httpx.HTTPError, asyncio.CancelledError):
            pass
        self._end(LOST, "")

    async def _post(self, text: str, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await asyncio.wait([after])
        if self._over:
            return
        try:
            response = await self._http.post(
                f"/api/v1/rpc{self._query}", content=text, headers={"content-type": "application/json"}
            )
        except httpx.HTTPError:
            return self._end(LOST, "")
        if response.status_code >= 300:
            return self._end(4401 if response.status_code == 401 else LOST, "")
        if response.text and not self._over:
            self._events.message(response.text)

    def _end(self, code: int, reason: str, refused: int | None = None) -> None:
        if self._over:
            return
        self._over = True
        loop = asyncio.get_running_loop()
        if refused is None:
            loop.call_soon(self._events.closed, code, reason)
        else:
            loop.call_soon(self._events.refused, refused)
        self._closing = asyncio.create_task(self._leave())

    async def _leave(self) -> None:
        for task in [self._reader, *self._posts]:
            if task is not asyncio.current_task():
                task.cancel()
        await self._http.aclose()
