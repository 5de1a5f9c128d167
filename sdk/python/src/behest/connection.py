"""One socket from opening to end: first frame, heartbeats both ways, calls and answers. Never reopened."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any, Protocol

from . import api
from .errors import BehestError, error_of
from .sockets import LOST, Socket

log = logging.getLogger("behest")

DROPPED = 4000
"""The library gave up a connection that did not work."""
BAD_FRAME = 4400
HEARTBEAT_MISSED = 4408
CLOSED = 1000


@dataclass(frozen=True)
class End:
    """Why a connection ended, and the client's next step: `stop`, `login`, `reconnect` or `back_off`."""

    code: int
    reason: str
    then: str


class Host(Protocol):
    def ready(self, ready: dict[str, Any]) -> None: ...

    def stable(self) -> None:
        """The connection stayed open for one more heartbeat interval."""
        ...

    def notified(self, method: str, params: dict[str, Any]) -> bool:
        """False when the frame breaks the protocol."""
        ...

    def ended(self, end: End) -> None: ...

    def turned_away(self, status: int) -> None: ...


def broken() -> BehestError:
    return BehestError("broken", "The connection broke before the answer came.")


class Connection:
    def __init__(self, host: Host) -> None:
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._socket: Socket | None = None
        self._calls: dict[int, tuple[asyncio.Future[Any], asyncio.TimerHandle]] = {}
        self._next_id = 1
        self._ready = False
        self._ended = False
        self._closing: tuple[int, bool] | None = None
        self._heard_at = self._loop.time()
        self._beat: asyncio.TimerHandle | None = None
        self._watch = self._loop.call_later(
            api.CLIENT_CONNECT_MS / 1000, self.drop, DROPPED, "no session.ready in time"
        )

    def attach(self, socket: Socket) -> None:
        self._socket = socket

    @property
    def usable(self) -> bool:
        """Whether requests can be sent: after `session.ready` and before `session.closing`."""
        return self._ready and not self._ended and self._closing is None

    @property
    def in_flight(self) -> int:
        return len(self._calls)

    def call(self, method: str, params: dict[str, Any], timeout: float) -> asyncio.Future[Any]:
        """Fails with `broken` when no answer can come any more."""
        future: asyncio.Future[Any] = self._loop.create_future()
        if not self.usable:
            future.set_exception(broken())
            return future
        number = self._next_id
        self._next_id += 1
        timer = self._loop.call_later(timeout, self._late, number)
        self._calls[number] = (future, timer)
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return future

    def drop(self, code: int, reason: str, then: str = "reconnect") -> None:
        """Ends the connection now, without waiting for the peer: a dead one never answers a close."""
        if self._ended:
            return
        log.info("connection dropped: %s", reason)
        self._close(code, reason)
        self._end(End(code, reason, then))

    def finish(self) -> None:
        """Ends the connection because the client no longer needs it."""
        if not self._ended:
            self._close(CLOSED, "")
            self._end(End(CLOSED, "closed", "stop"))

    # What the socket tells.

    def message(self, text: str) -> None:
        if self._ended:
            return
        self._heard_at = self._loop.time()
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            return self._malformed("no JSON")
        if not isinstance(frame, dict) or frame.get("jsonrpc") != "2.0":
            return self._malformed("no JSON-RPC")
        method, params = frame.get("method"), frame.get("params", {})
        if isinstance(method, str) and "id" in frame:
            error = {"code": -32601, "message": "This client answers no requests."}
            return self._send({"jsonrpc": "2.0", "id": frame["id"], "error": error})
        if isinstance(method, str) and isinstance(params, dict):
            return self._notified(method, params)
        if "id" in frame and ("result" in frame or isinstance(frame.get("error"), dict)):
            return self._answered(frame)
        return self._malformed("neither a notification nor an answer")

    def closed(self, code: int, reason: str) -> None:
        if self._ended:
            return
        # A proxy may drop the announced code.
        if code < 3000:
            code = self._closing[0] if self._closing is not None else code or LOST
        self._end(End(code, reason or "connection lost", self._next(code)))

    def refused(self, status: int) -> None:
        if self._ended:
            return
        self._stop_timers()
        self._ended = True
        self._host.turned_away(status)

    def _notified(self, method: str, params: dict[str, Any]) -> None:
        if method == "session.closing":
            return self._announced(params)
        if not self._ready:
            return self._first(method, params)
        if method == "session.ready" or not self._host.notified(method, params):
            self._malformed(method)

    def _first(self, method: str, params: dict[str, Any]) -> None:
        interval = _interval_of(params) if method == "session.ready" else None
        if interval is None:
            return self._malformed(f"{method} where session.ready was expected")
        silence = interval * params["heartbeat"]["misses"]
        self._ready = True
        self._watch.cancel()
        self._watch_for(silence, silence)
        self._beat = self._loop.call_later(interval, self._send_beat, interval)
        self._host.ready(params)

    def _announced(self, params: dict[str, Any]) -> None:
        """The server is about to close. If its close does not come, the connection ends here."""
        code, reconnect = params.get("code"), params.get("reconnect")
        if not isinstance(code, int) or not isinstance(reconnect, bool):
            return self._malformed("session.closing")
        if self._closing is not None:
            return
        self._closing = (code, reconnect)
        self._watch.cancel()
        self._watch = self._loop.call_later(
            api.SHUTDOWN_MS / 1000,
            lambda: self.drop(DROPPED, "the server announced its close", self._next(code)),
        )

    def _answered(self, frame: dict[str, Any]) -> None:
        number = frame["id"]
        # An answer after the timeout is late, not malformed; one without an id is about a frame of ours.
        if not isinstance(number, int) or number not in self._calls:
            return
        future, timer = self._calls.pop(number)
        timer.cancel()
        if future.done():
            return
        if isinstance(frame.get("error"), dict):
            future.set_exception(error_of(frame["error"]))
        else:
            future.set_result(frame.get("result"))

    def _late(self, number: int) -> None:
        future, _ = self._calls.pop(number)
        if not future.done():
            future.set_exception(BehestError("timed_out", "The server did not answer in time."))

    def _send_beat(self, interval: float) -> None:
        self._beat = self._loop.call_later(interval, self._send_beat, interval)
        self._host.stable()
        if self.usable:
            # Only the arrival of an answer counts; `_watch_for` acts on silence.
            self.call("heartbeat", {}, interval).add_done_callback(_ignored)

    def _watch_for(self, silence: float, wait: float) -> None:
        def look() -> None:
            left = self._heard_at + silence - self._loop.time()
            if left > 0:
                self._watch_for(silence, left)
            else:
                self.drop(HEARTBEAT_MISSED, "the server is silent")

        self._watch = self._loop.call_later(wait, look)

    def _malformed(self, what: str) -> None:
        log.warning("malformed frame from the server: %s", what)
        self.drop(BAD_FRAME, "malformed frame from the server")

    def _send(self, frame: dict[str, Any]) -> None:
        if self._socket is not None:
            self._socket.send(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    def _close(self, code: int, reason: str) -> None:
        if self._socket is not None:
            self._socket.close(code, reason)

    def _next(self, code: int) -> str:
        then = api.AFTER_CLOSE.get(code, "reconnect")
        stays = self._closing is not None and not self._closing[1]
        return "stop" if stays and then != "login" else then

    def _stop_timers(self) -> None:
        self._watch.cancel()
        if self._beat is not None:
            self._beat.cancel()

    def _end(self, end: End) -> None:
        self._ended = True
        self._stop_timers()
        calls, self._calls = self._calls, {}
        for future, timer in calls.values():
            timer.cancel()
            if not future.done():
                future.set_exception(broken())
        self._host.ended(end)


def _interval_of(params: dict[str, Any]) -> float | None:
    """Seconds between heartbeats; None when this is no greeting of this protocol."""
    user, heartbeat = params.get("user"), params.get("heartbeat")
    if params.get("protocol") != 1 or not isinstance(params.get("stopped"), bool):
        return None
    if not isinstance(user, dict) or not isinstance(user.get("id"), str) or not isinstance(heartbeat, dict):
        return None
    interval, misses = heartbeat.get("intervalMs"), heartbeat.get("misses")
    sound = all(isinstance(one, int | float) and one > 0 for one in (interval, misses))
    return interval / 1000 if sound and isinstance(interval, int | float) else None


def _ignored(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()
