"""Keeps one connection open: opens it, waits, opens it again, or stops, as the close code says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from . import api
from .connection import CLOSED, DROPPED, Connection, End
from .errors import BehestError
from .sockets import Address, Dial

log = logging.getLogger("behest")

SUSPENDED = 4403
# The attempt with the longest wait: a client that was told to back off continues there.
_LONGEST_WAIT = 6


@dataclass(frozen=True)
class State:
    """`idle`, `connecting`, `online`, `offline`, `login` (log in, then connect) or `stopped` (until connect).

    `retry_in`: seconds until the next attempt, while `offline`. `code`: what ended it, while `stopped`.
    """

    kind: str
    reason: str = ""
    retry_in: float | None = None
    code: int | None = None

    @property
    def final(self) -> bool:
        return self.kind in ("login", "stopped")


class ReconnectorHost(Protocol):
    def state_changed(self, state: State) -> None: ...

    def online(self, connection: Connection, ready: dict[str, Any]) -> None: ...

    def notified(self, method: str, params: dict[str, Any]) -> bool: ...

    def connection_ended(self) -> None: ...


class Reconnector:
    """Is the host of its connection."""

    def __init__(
        self,
        host: ReconnectorHost,
        address: Address,
        dial: Dial,
        random: Callable[[], float],
        token: Callable[[], Awaitable[str | None]] | None,
        renew: Callable[[], Awaitable[bool]] | None,
    ) -> None:
        self._host = host
        self._address = address
        self._dial = dial
        self._random = random
        self._token = token
        self._renew = renew
        self.state = State("idle")
        self._attempt = 0
        self._connection: Connection | None = None
        self._retry_timer: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None
        self._greeting: dict[str, Any] | None = None
        self._renewed = False
        self._closed = False
        self._waiting: list[asyncio.Future[dict[str, Any]]] = []

    @property
    def usable(self) -> Connection | None:
        connection = self._connection
        return connection if connection is not None and connection.usable else None

    def connect(self) -> None:
        if self._closed or (self.state.kind != "idle" and not self.state.final):
            return
        self._attempt = 0
        self._open()

    def wake(self) -> None:
        """Tries now instead of later."""
        if self.state.kind == "offline":
            self._open()

    def when_online(self) -> asyncio.Future[dict[str, Any]]:
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        if self._greeting is not None:
            future.set_result(self._greeting)
        elif self._closed:
            future.set_exception(BehestError("closed", "The client is closed."))
        else:
            self._waiting.append(future)
        return future

    def stop(self, code: int, reason: str) -> None:
        """Ends the connection; the state stays `stopped` until `connect()`."""
        self._cancel()
        connection, self._connection, self._greeting = self._connection, None, None
        if connection is not None:
            connection.finish()
            self._host.connection_ended()
        self._set(State("stopped", reason, code=code))

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.stop(CLOSED, "closed")

    def drop(self, reason: str) -> None:
        """Gives the connection up and opens another."""
        if self._connection is not None:
            self._connection.drop(DROPPED, reason)

    def _open(self) -> None:
        self._cancel()
        self._set(State("connecting"))
        if self.state.kind != "connecting":
            return
        if self._token is None:
            self._connect_with(None)
        else:
            self._opening = asyncio.create_task(self._ask(self._token))

    async def _ask(self, token: Callable[[], Awaitable[str | None]]) -> None:
        try:
            value = await asyncio.wait_for(token(), api.CLIENT_CONNECT_MS / 1000)
        except Exception as error:
            log.info("no token: %s", error)
            return self._retry("no token")
        if value is None:
            return self._set(State("login", "the session is over"))
        self._connect_with(value)

    def _connect_with(self, token: str | None) -> None:
        connection = Connection(self)
        self._connection = connection
        address = Address(self._address.server, self._address.query, token)
        connection.attach(self._dial(address, connection))

    # What the connection tells.

    def ready(self, ready: dict[str, Any]) -> None:
        self._greeting = ready
        self._renewed = False
        self._set(State("online"))
        connection = self._connection
        if connection is not None:
            self._host.online(connection, ready)
        if self._greeting is ready:
            self._settle(lambda future: future.set_result(ready))

    def stable(self) -> None:
        self._attempt = 0

    def notified(self, method: str, params: dict[str, Any]) -> bool:
        return self._host.notified(method, params)

    def ended(self, end: End) -> None:
        if self._connection is None:
            return
        self._connection, self._greeting = None, None
        self._host.connection_ended()
        log.info("connection ended: %d %s, %s", end.code, end.reason, end.then)
        if end.then == "stop":
            return self._set(State("stopped", end.reason, code=end.code))
        if end.then == "login":
            return self._log_in(end.reason)
        if end.then == "back_off":
            self._attempt = max(self._attempt, _LONGEST_WAIT)
        self._retry(end.reason)

    def turned_away(self, status: int) -> None:
        self._connection = None
        if status == 401:
            self._log_in("the session is over")
        elif status == 403:
            self._set(State("stopped", "the account has no connection", code=SUSPENDED))
        else:
            self._retry(f"the server answered {status}")

    def _log_in(self, reason: str) -> None:
        # A session that can be renewed goes on; one that was just renewed and is refused again does not.
        if self._renew is None or self._renewed:
            return self._set(State("login", reason))
        self._renewed = True
        self._set(State("connecting"))
        self._opening = asyncio.create_task(self._renew_and_open(self._renew, reason))

    async def _renew_and_open(self, renew: Callable[[], Awaitable[bool]], reason: str) -> None:
        try:
            goes_on = await asyncio.wait_for(renew(), api.CLIENT_CONNECT_MS / 1000)
        except Exception as error:
            log.info("not renewed: %s", error)
            self._renewed = False
            return self._retry("not renewed")
        if not goes_on:
            return self._set(State("login", reason))
        self._retry(reason)

    def _retry(self, reason: str) -> None:
        longest = api.RECONNECT_MAX_MS / 1000
        wait = self._random() * min(longest, api.RECONNECT_BASE_MS / 1000 * 2 ** min(self._attempt, 30))
        self._attempt += 1
        self._retry_timer = asyncio.get_running_loop().call_later(wait, self._open)
        self._set(State("offline", reason, retry_in=wait))

    def _cancel(self) -> None:
        if self._retry_timer is not None:
            self._retry_timer.cancel()
            self._retry_timer = None
        if self._opening is not None and self._opening is not asyncio.current_task():
            self._opening.cancel()
        self._opening = None

    def _set(self, state: State) -> None:
        self.state = state
        if state.final:
            error = BehestError("offline", f"There is no connection: {state.reason}.")
            self._settle(lambda future: future.set_exception(error))
        self._host.state_changed(state)

    def _settle(self, settle: Callable[[asyncio.Future[dict[str, Any]]], None]) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                settle(future)
