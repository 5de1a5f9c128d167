"""Holds the library's parts together: what one of them tells reaches the others and the program's handlers."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from . import api
from .connection import Connection
from .errors import BehestError
from .inbox import Inbox, SeenStore
from .outbox import OutboxStore, StoredRequest
from .outgoing import Outgoing
from .reconnector import Reconnector, State
from .sockets import Address, Dial

log = logging.getLogger("behest")

OTHER_PERSON = 4001
"""Another person logged in; this client's requests are not theirs."""

Handler = Callable[..., Awaitable[None] | None]


class Core:
    def __init__(
        self,
        address: Address,
        *,
        dial: Dial,
        random: Callable[[], float],
        token: Callable[[], Awaitable[str | None]] | None,
        renew: Callable[[], Awaitable[bool]] | None,
        seen: SeenStore,
        outbox: OutboxStore | None,
        user_id: str | None,
    ) -> None:
        self._user_id = user_id
        self.stopped = False
        self._told = (False, False)
        self._handlers: dict[str, list[Handler]] = {}
        self.reconnector = Reconnector(self, address, dial, random, token, renew)
        self.inbox = Inbox(seen, self)
        self.outgoing = Outgoing(self, outbox, user_id)

    def on(self, event: str, handler: Handler) -> Callable[[], None]:
        """Returns the function that unsubscribes."""
        handlers = self._handlers.setdefault(event, [])
        handlers.append(handler)
        self.inbox.wake()
        return lambda: handlers.remove(handler)

    def tell(self, event: str, *values: Any) -> None:
        """Calls the handlers; their errors are logged."""
        for handler in list(self._handlers.get(event, [])):
            try:
                result = handler(*values)
            except Exception:
                log.exception("a handler of %s failed", event)
                continue
            if inspect.isawaitable(result):
                asyncio.ensure_future(result).add_done_callback(lambda done: _logged(event, done))

    # What the reconnector tells.

    def state_changed(self, state: State) -> None:
        if state.final:
            self.outgoing.give_up_reads(BehestError("offline", f"There is no connection: {state.reason}."))
        self.tell("state", state)

    def online(self, connection: Connection, ready: dict[str, Any]) -> None:
        user_id = ready["user"]["id"]
        if self._user_id is not None and self._user_id != user_id:
            # The waiting requests and the seen commands here belong to the other person.
            return self.reconnector.stop(OTHER_PERSON, "another person logged in")
        self._user_id = user_id
        self.stopped = ready["stopped"]
        self.outgoing.start(connection, user_id)
        self._tell_stop()
        self.tell("ready", ready)

    def notified(self, method: str, params: dict[str, Any]) -> bool:
        if method == "command.deliver":
            return self.inbox.take(params)
        if method == "chat.message":
            return self.inbox.take_message(params)
        if method == "command.changed":
            return self.inbox.change(params)
        if method == "safety.changed":
            if not isinstance(params.get("stopped"), bool):
                return False
            self.stop_answered(params["stopped"])
        self.tell("notification", method, params)
        return True

    def connection_ended(self) -> None:
        self.inbox.connection_ended()
        self.outgoing.connection_ended()

    # What the inbox asks and tells.

    @property
    def open(self) -> bool:
        return bool(self._handlers.get("deliver")) and not self.stopped and self.outgoing.clear

    async def deliver(self, delivery: api.Delivery) -> None:
        await self._each("deliver", delivery)

    async def message(self, delivery: dict[str, Any]) -> None:
        await self._each("message", delivery)

    def changed(self, change: dict[str, Any]) -> None:
        self.tell("changed", change)

    def failed(self, delivery: api.Delivery, error: Exception) -> None:
        self.tell("failed", delivery, error)

    def ack(self, cursor: str) -> Awaitable[Any]:
        connection = self.reconnector.usable
        if connection is None:
            # A closing connection takes none; the server delivers again and the repeat is dropped.
            done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            done.set_result(None)
            return done
        return connection.call("inbox.ack", {"cursor": cursor}, api.CLIENT_REQUEST_MS / 1000)

    def drop(self, reason: str) -> None:
        self.reconnector.drop(reason)

    # What the outbox asks and tells.

    @property
    def usable(self) -> Connection | None:
        return self.reconnector.usable

    @property
    def reconnects(self) -> bool:
        return not self.reconnector.state.final

    def outbox_changed(self) -> None:
        self._tell_stop()
        self.inbox.wake()

    def stop_answered(self, stopped: bool) -> None:
        self.stopped = stopped
        self._tell_stop()
        self.inbox.wake()

    def unsent(self, request: StoredRequest, error: BehestError) -> None:
        self.tell("unsent", request, error)

    def _tell_stop(self) -> None:
        now = (self.stopped, self.outgoing.stop_pending)
        if now != self._told:
            self._told = now
            self.tell("stopped", *now)

    async def _each(self, event: str, value: Any) -> None:
        for handler in list(self._handlers.get(event, [])):
            result = handler(value)
            if inspect.isawaitable(result):
                await result


def _logged(event: str, done: asyncio.Future[Any]) -> None:
    if not done.cancelled() and done.exception() is not None:
        log.error("a handler of %s failed", event, exc_info=done.exception())
