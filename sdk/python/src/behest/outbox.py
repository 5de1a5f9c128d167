"""Requests of the person: sent now, or kept in order until there is a connection."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from . import api
from .connection import Connection
from .errors import BehestError

log = logging.getLogger("behest")

KEYED = ("command.send", "command.preview", "chat.send")
"""Whose parameters have a key; the library makes it where it is left out (CM-1)."""

_PASSING = ("broken", "rate_limited", "timed_out")
_UNTIRING = (*_PASSING, "unavailable", "internal", "queue_full")
_DEFAULT_RETRY = 1.0
_ENVELOPE_BYTES = 256


@dataclass(frozen=True)
class StoredRequest:
    """A request that waits for its answer. Ids sort in the order in which the person acted."""

    id: str
    user_id: str
    method: str
    params: dict[str, Any]
    created_at: float
    sent_at: float | None
    """When it was first sent, in seconds since 1970; None if it was not."""


class OutboxStore(Protocol):
    """Keeps requests over a restart. The client logs failures and goes on in memory."""

    async def load(self) -> list[StoredRequest]: ...

    async def put(self, request: StoredRequest) -> None: ...

    async def remove(self, id: str) -> None: ...


@dataclass
class Waiting:
    id: str
    method: str
    params: dict[str, Any]
    timeout: float
    future: asyncio.Future[Any]
    created_at: float
    sent_at: float | None = None
    tries: int = 0
    adopted: bool = False
    """Left by an earlier run: nobody waits for its answer."""

    def __lt__(self, other: Waiting) -> bool:
        return self.id < other.id

    answered: Callable[[], None] = lambda: None
    """Called with an answer, before anything else hears of it."""

    def succeed(self, result: Any) -> None:
        self.answered()
        if not self.future.done():
            self.future.set_result(result)

    def fail(self, error: BehestError) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Ids:
    """Ids that sort by time, and that rise within one millisecond."""

    _DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        fresh = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10))
        self._last = fresh if fresh > self._last else self._last + 1
        value, out = self._last, ""
        for _ in range(26):
            out = self._DIGITS[value & 31] + out
            value >>= 5
        return out


def plain_params(params: dict[str, Any]) -> dict[str, Any]:
    """A copy as it will be sent: a later change by the caller must not be sent under the same key."""
    try:
        text = json.dumps(params, ensure_ascii=False)
    except (TypeError, ValueError):
        raise BehestError("invalid_params", "The parameters cannot be written as JSON.") from None
    if len(text.encode()) + _ENVELOPE_BYTES > api.FRAME_IN_BYTES:
        raise BehestError("too_large", "This is more than one message to the server may hold.")
    copy: dict[str, Any] = json.loads(text)
    return copy


class RequestQueue:
    """Requests that are sent one after another; their order survives refusals for the rate and lost connections.

    `untiring`: repeats a request until the server answers it.
    """

    def __init__(self, kept: Callable[[Waiting], None], gone: Callable[[Waiting], None], *, untiring: bool) -> None:
        self._kept = kept
        self._gone = gone
        self._untiring = untiring
        self.requests: list[Waiting] = []
        self._connection: Connection | None = None
        self._sending: Waiting | None = None
        self._pause: asyncio.TimerHandle | None = None

    def add(self, request: Waiting) -> None:
        insort(self.requests, request)
        self._kept(request)
        self._next()

    def start(self, connection: Connection) -> None:
        self._connection = connection
        self._next()

    def connection_ended(self) -> None:
        self._connection = None
        self._sending = None
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def abandon(self, error: BehestError) -> None:
        """Fails every request. A store keeps them."""
        self.connection_ended()
        requests, self.requests = self.requests, []
        for request in requests:
            request.fail(error)

    def _next(self) -> None:
        connection = self._connection
        if connection is None or not connection.usable or not self.requests:
            return
        if self._sending is not None or self._pause is not None:
            return
        request = self.requests[0]
        if _too_old(request):
            error = BehestError("expired", "This waited too long to be sent again safely.")
            return self._done(request, lambda: request.fail(error))
        self._sending = request
        if request.sent_at is None:
            request.sent_at = time.time()
            self._kept(request)
        answer = connection.call(request.method, request.params, request.timeout)
        answer.add_done_callback(lambda done: self._answered(request, connection, done))

    def _answered(self, request: Waiting, connection: Connection, answer: asyncio.Future[Any]) -> None:
        error = answer.exception()
        if error is None:
            result = answer.result()
            return self._done(request, lambda: request.succeed(result))
        if not isinstance(error, BehestError):
            error = BehestError("internal", str(error))
        failure = error
        if failure.kind not in (_UNTIRING if self._untiring else _PASSING):
            return self._done(request, lambda: request.fail(failure))
        request.tries += 1
        if request.tries > api.CLIENT_RETRIES and not self._untiring:
            return self._done(request, lambda: request.fail(failure))
        if failure.kind == "broken" or self._connection is not connection or self._sending is not request:
            return
        self._sending = None
        wait = _DEFAULT_RETRY if failure.retry_after is None else failure.retry_after
        loop = asyncio.get_running_loop()
        self._pause = loop.call_later(min(wait, api.RECONNECT_MAX_MS / 1000), self._resume)

    def _resume(self) -> None:
        self._pause = None
        self._next()

    def _done(self, request: Waiting, settle: Callable[[], Any]) -> None:
        if request not in self.requests:
            return
        self.requests.remove(request)
        if self._sending is request:
            self._sending = None
        settle()
        self._gone(request)
        self._next()


def _too_old(request: Waiting) -> bool:
    """The server remembers a key for a day; after that a repeat could become a second command."""
    sent = request.sent_at
    return request.method in KEYED and sent is not None and time.time() - sent >= api.KEY_KEPT_MS / 1000
