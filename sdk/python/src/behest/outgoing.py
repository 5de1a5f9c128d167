"""All requests of the person: with a connection they are sent now, a stop before all others (UI-4)."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, Protocol

from . import api
from .connection import Connection
from .errors import BehestError
from .outbox import KEYED, Ids, OutboxStore, RequestQueue, StoredRequest, Waiting, plain_params

log = logging.getLogger("behest")


class OutgoingHost(Protocol):
    @property
    def usable(self) -> Connection | None: ...

    @property
    def reconnects(self) -> bool:
        """Whether the client will connect without the person's help."""
        ...

    def outbox_changed(self) -> None: ...

    def stop_answered(self, stopped: bool) -> None: ...

    def unsent(self, request: StoredRequest, error: BehestError) -> None: ...


class Outgoing:
    def __init__(self, host: OutgoingHost, store: OutboxStore | None, user_id: str | None) -> None:
        self._host = host
        self._store = store
        self._user_id = user_id
        self._ids = Ids()
        self._stops = RequestQueue(self._kept, self._gone, untiring=True)
        self._writes = RequestQueue(self._kept, self._gone, untiring=False)
        self._reads = RequestQueue(self._counted, self._counted, untiring=False)
        self._loading: asyncio.Task[None] | None = None
        self._loaded = store is None
        self._calls: asyncio.Task[None] | None = None
        self._stop: asyncio.Future[Any] | None = None

    @property
    def waiting(self) -> int:
        return sum(len(queue.requests) for queue in (self._stops, self._writes, self._reads))

    @property
    def stop_pending(self) -> bool:
        return bool(self._stops.requests)

    @property
    def clear(self) -> bool:
        """Whether something new can be shown: no stop is pending, here or in the store."""
        return self._loaded and not self.stop_pending

    def prepare(self) -> None:
        """Reads what an earlier run left, if the person is known."""
        if self._user_id is not None:
            self._load(self._user_id)

    def request(self, method: str, params: dict[str, Any], timeout: float) -> asyncio.Future[Any]:
        offline = api.METHODS.get(method, "once")
        # A second stop would change nothing: both callers get the answer of the first.
        if offline == "stop" and self._stop is not None and not self._stop.done():
            return self._stop
        if method == "safety.resume" and self.stop_pending:
            raise BehestError("conflict", "Your Stop is not answered yet. Try again.")
        request = self._made(method, plain_params(params), timeout)
        if offline == "stop":
            self._stop = request.future
        self._route(offline, request)
        return request.future

    def start(self, connection: Connection, user_id: str) -> None:
        if self._user_id is None:
            self._user_id = user_id
            for request in [*self._stops.requests, *self._writes.requests]:
                self._put(request)
        self._stops.start(connection)
        self._reads.start(connection)
        self._load(user_id)
        if self._loaded:
            self._start_writes()

    def connection_ended(self) -> None:
        for queue in (self._stops, self._writes, self._reads):
            queue.connection_ended()

    def give_up_reads(self, error: BehestError) -> None:
        self._reads.abandon(error)
        self._host.outbox_changed()

    async def close(self, error: BehestError) -> None:
        """Returns when the store has been written."""
        for queue in (self._stops, self._writes, self._reads):
            queue.abandon(error)
        if self._loading is not None:
            self._loading.cancel()
        if self._calls is not None:
            await asyncio.wait([self._calls])

    def _route(self, offline: str, request: Waiting) -> None:
        connection = self._host.usable
        full = self.waiting >= api.CLIENT_OUTBOX
        too_many = BehestError("queue_full", "Too many requests wait for a connection. Try again later.")
        if offline == "stop":
            self._stops.add(request)
        elif offline == "once":
            if connection is None:
                request.fail(BehestError("offline", "There is no connection to the server now."))
            else:
                self._direct(connection, offline, request)
        elif offline == "write":
            idle = not self._writes.requests and not self._stops.requests
            if connection is not None and idle:
                self._direct(connection, offline, request)
            elif full:
                request.fail(too_many)
            else:
                self._writes.add(request)
        elif connection is not None:
            self._direct(connection, offline, request)
        elif not self._host.reconnects:
            request.fail(BehestError("offline", "There is no connection to the server."))
        elif full:
            request.fail(too_many)
        else:
            self._reads.add(request)

    def _direct(self, connection: Connection, offline: str, request: Waiting) -> None:
        if connection.in_flight >= api.CLIENT_IN_FLIGHT:
            text = "Too many requests wait for their answers. Try again later."
            return request.fail(BehestError("queue_full", text))
        request.sent_at = time.time()
        answer = connection.call(request.method, request.params, request.timeout)
        answer.add_done_callback(lambda done: self._answered(offline, request, done))

    def _answered(self, offline: str, request: Waiting, answer: asyncio.Future[Any]) -> None:
        error = answer.exception()
        if error is None:
            return request.succeed(answer.result())
        failure = error if isinstance(error, BehestError) else BehestError("internal", str(error))
        # The error stays `broken`, not `queue_full`: the request was sent, and its fate is unknown.
        if failure.kind != "broken" or offline == "once" or self.waiting >= api.CLIENT_OUTBOX:
            return request.fail(failure)
        request.tries += 1
        self._route(offline, request)

    def _made(self, method: str, params: dict[str, Any], timeout: float, id: str | None = None) -> Waiting:
        id = id or self._ids.next()
        if method in KEYED and params.get("key") is None:
            params = {**params, "key": id}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        request = Waiting(id, method, params, timeout, future, time.time())
        if method in ("safety.stop", "safety.resume"):
            request.answered = lambda: self._host.stop_answered(method == "safety.stop")
        return request

    def _start_writes(self) -> None:
        """Writes wait until every stop is answered."""
        connection = self._host.usable
        if connection is not None and self._loaded and not self._stops.requests:
            self._writes.start(connection)

    def _kept(self, request: Waiting) -> None:
        self._put(request)
        self._host.outbox_changed()

    def _gone(self, request: Waiting) -> None:
        self._call(lambda store: store.remove(request.id))
        if request.method == "safety.stop":
            self._start_writes()
        self._host.outbox_changed()

    def _counted(self, _: Waiting) -> None:
        self._host.outbox_changed()

    def _put(self, request: Waiting) -> None:
        if self._user_id is None:
            return
        stored = StoredRequest(
            request.id, self._user_id, request.method, request.params, request.created_at, request.sent_at
        )
        self._call(lambda store: store.put(stored))

    def _call(self, work: Any) -> None:
        """One call of the store after another."""
        store, before = self._store, self._calls
        if store is None:
            return

        async def run() -> None:
            if before is not None:
                await asyncio.wait([before])
            try:
                await work(store)
            except Exception:
                log.warning("the outbox's store failed", exc_info=True)

        self._calls = asyncio.create_task(run())

    def _load(self, user_id: str) -> None:
        if self._store is not None and self._loading is None:
            self._loading = asyncio.create_task(self._adopt_all(self._store, user_id))

    async def _adopt_all(self, store: OutboxStore, user_id: str) -> None:
        try:
            found = await asyncio.wait_for(store.load(), api.CLIENT_CONNECT_MS / 1000)
        except Exception:
            log.warning("the outbox's store failed", exc_info=True)
            found = []
        own = {request.id for request in [*self._stops.requests, *self._writes.requests]}
        for stored in found:
            if stored.user_id == user_id and stored.id not in own:
                self._adopt(stored)
        self._loaded = True
        self._host.outbox_changed()
        self._start_writes()

    def _adopt(self, stored: StoredRequest) -> None:
        offline = api.METHODS.get(stored.method)
        if offline not in ("stop", "write"):
            return
        request = self._made(stored.method, stored.params, api.CLIENT_REQUEST_MS / 1000, stored.id)
        request.created_at, request.sent_at, request.adopted = stored.created_at, stored.sent_at, True

        def told(future: asyncio.Future[Any]) -> None:
            error = None if future.cancelled() else future.exception()
            if isinstance(error, BehestError) and error.kind != "closed":
                self._host.unsent(stored, error)

        request.future.add_done_callback(told)
        (self._stops if offline == "stop" else self._writes).add(request)
