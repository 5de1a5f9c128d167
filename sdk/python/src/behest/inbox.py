"""Hands deliveries over one by one, in order and each command once (DL-3), and acknowledges them."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol

from . import api
from .errors import BehestError

log = logging.getLogger("behest")


class SeenStore(Protocol):
    """Remembers the commands that this device has shown its person, with their states.

    A store that survives a restart shows each command once across restarts too. A call that fails counts as a
    failed handler: the command is not acknowledged.
    """

    async def get(self, id: str) -> str | None: ...

    async def set(self, id: str, state: str) -> None: ...


class MemorySeen:
    """Remembers the last commands, in memory."""

    def __init__(self, size: int = api.CLIENT_SEEN_IDS) -> None:
        self._size = size
        self._states: OrderedDict[str, str] = OrderedDict()

    async def get(self, id: str) -> str | None:
        return self._states.get(id)

    async def set(self, id: str, state: str) -> None:
        self._states[id] = state
        self._states.move_to_end(id)
        if len(self._states) > self._size:
            self._states.popitem(last=False)


class InboxHost(Protocol):
    @property
    def open(self) -> bool:
        """Whether something can be shown now: there is a handler, and no stop is on or pending."""
        ...

    async def deliver(self, delivery: api.Delivery) -> None: ...

    async def message(self, delivery: dict[str, Any]) -> None: ...

    def changed(self, change: dict[str, Any]) -> None: ...

    def failed(self, delivery: api.Delivery, error: Exception) -> None: ...

    def ack(self, cursor: str) -> Awaitable[Any]: ...

    def drop(self, reason: str) -> None: ...


@dataclass
class _Entry:
    cursor: str
    id: str
    payload: dict[str, Any]
    is_command: bool
    withdrawn: bool = False
    """Closed before the person saw it: acknowledged and not shown."""


class Inbox:
    def __init__(self, seen: SeenStore, host: InboxHost) -> None:
        self._seen = seen
        self._host = host
        self._queue: list[_Entry] = []
        self._connection = 0
        """Counts connections: a delivery of one must not be acknowledged on the next."""
        self._worker: asyncio.Task[None] | None = None
        self._current: _Entry | None = None
        self._held = False
        """The handler failed too often: this connection hands over nothing more."""
        self._failing: tuple[str, int] = ("", 0)
        self._taken: str | None = None
        self._acking: asyncio.Task[None] | None = None
        self._remembering: set[asyncio.Task[None]] = set()

    def take(self, params: dict[str, Any]) -> bool:
        """False when the frame breaks the protocol."""
        deliveries = params.get("deliveries")
        if not isinstance(deliveries, list) or len(deliveries) > api.DELIVER_BATCH:
            return False
        if not all(_is_delivery(one) for one in deliveries):
            return False
        entries = [_Entry(one["cursor"], one["command"]["id"], dict(one), True) for one in deliveries]
        return self._add(entries)

    def take_message(self, params: dict[str, Any]) -> bool:
        """The same for a chat message: it has its place among the commands."""
        message = params.get("message")
        if not isinstance(params.get("cursor"), str) or not isinstance(message, dict):
            return False
        if not isinstance(message.get("id"), str):
            return False
        return self._add([_Entry(params["cursor"], message["id"], dict(params), False)])

    def change(self, change: dict[str, Any]) -> bool:
        """Tells of a change; a command that still waits here is handed over in its new state."""
        id, state = change.get("id"), change.get("state")
        if not isinstance(id, str) or not (state is None or isinstance(state, str)):
            return False
        # A change with `recipient` or `totals` belongs to a command that this person sent.
        own = state is not None and "recipient" not in change and "totals" not in change
        if own and state is not None:
            for entry in self._queue:
                if entry.is_command and entry.id == id and entry is not self._current:
                    entry.payload["state"] = state
                    if "command" in change:
                        entry.payload["command"] = change["command"]
                    entry.withdrawn = state in api.CLOSED_STATES
            task = asyncio.create_task(self._remember(id, state))
            self._remembering.add(task)
            task.add_done_callback(self._remembering.discard)
        self._host.changed(change)
        return True

    def connection_ended(self) -> None:
        self._connection += 1
        self._queue = []
        self._held = False
        self._taken = None
        self._acking = None

    def wake(self) -> None:
        """Call this when `open` may have become true."""
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    def close(self) -> None:
        self.connection_ended()
        if self._worker is not None and self._worker is not asyncio.current_task():
            self._worker.cancel()

    def _add(self, entries: list[_Entry]) -> bool:
        if len(self._queue) + len(entries) > api.WINDOW_MAX:
            return False
        self._queue += entries
        self.wake()
        return True

    async def _work(self) -> None:
        while (entry := self._ripe()) is not None:
            connection = self._connection
            self._current = entry
            try:
                await self._handle(entry)
                failure: Exception | None = None
            except Exception as error:
                failure = error
            finally:
                self._current = None
            # The connection ended: the entry is delivered again, as a repeat if it was handled.
            if connection != self._connection:
                continue
            if failure is None:
                self._took(entry)
            else:
                self._failed(entry, failure)

    def _ripe(self) -> _Entry | None:
        entry = self._queue[0] if self._queue else None
        if entry is None or self._held:
            return None
        return entry if entry.withdrawn or self._host.open else None

    async def _handle(self, entry: _Entry) -> None:
        # Not remembered as seen: if the server reopens the command, it is new to the person.
        if entry.withdrawn:
            return
        known = await self._seen.get(entry.id)
        if not entry.is_command:
            now = _seen_as(entry.payload["message"])
            if known != now:
                await self._host.message(entry.payload)
                await self._seen.set(entry.id, now)
            return
        state = entry.payload["state"]
        if known is None:
            delivery: Any = dict(entry.payload)
            await self._host.deliver(delivery)
        if known != state:
            await self._seen.set(entry.id, state)
        if known is not None and known != state:
            self._host.changed({"id": entry.id, "state": state, "command": entry.payload["command"]})

    def _took(self, entry: _Entry) -> None:
        self._queue.pop(0)
        if self._failing[0] == entry.id:
            self._failing = ("", 0)
        self._taken = entry.cursor
        self._acknowledge()

    def _failed(self, entry: _Entry, error: Exception) -> None:
        times = self._failing[1] + 1 if self._failing[0] == entry.id else 1
        self._failing = (entry.id, times)
        if isinstance(error, BehestError) and error.kind == "closed":
            # The program left `deliveries()`: nothing is wrong.
            log.info("%s was not taken: %s", entry.id, error)
        else:
            log.error("the handler of %s failed (%d)", entry.id, times, exc_info=error)
        if entry.is_command:
            delivery: Any = dict(entry.payload)
            self._host.failed(delivery, error)
        # After the last retry the connection stays: the person can still send and stop.
        self._held = True
        if times < api.CLIENT_HANDLER_TRIES:
            self._host.drop("a delivery was not taken")

    def _acknowledge(self) -> None:
        """One at a time. They are cumulative, so the newest replaces those that wait."""
        if self._acking is not None or self._taken is None:
            return
        cursor, self._taken = self._taken, None
        self._acking = asyncio.create_task(self._confirm(self._connection, self._host.ack(cursor)))

    async def _confirm(self, connection: int, answer: Awaitable[Any]) -> None:
        try:
            await answer
        except Exception as error:
            if connection == self._connection:
                # Without an acknowledgement the window would fill: a new connection starts from what the server knows.
                log.warning("an acknowledgement was not taken: %s", error)
                self._host.drop("an acknowledgement was not taken")
            return
        if connection == self._connection:
            self._acking = None
            self._acknowledge()

    async def _remember(self, id: str, state: str) -> None:
        try:
            known = await self._seen.get(id)
            if known is not None and known != state:
                await self._seen.set(id, state)
        except Exception:
            log.warning("the store of seen commands failed", exc_info=True)


def _is_delivery(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("cursor"), str)
        and isinstance(value.get("state"), str)
        and isinstance(value.get("command"), dict)
        and isinstance(value["command"].get("id"), str)
    )


def _seen_as(message: dict[str, Any]) -> str:
    """How a message was shown, in the terms of the store of seen commands."""
    if message.get("retractedAt") is not None:
        return "cancelled"
    if message.get("state") is not None:
        return "scheduled" if message["state"] == "checking" else "failed"
    return "queued" if message.get("sealed") is True else "delivered"
