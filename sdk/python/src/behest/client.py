"""One device of one person: a connection that stays open, commands in order and once, and requests."""

from __future__ import annotations

import asyncio
import random as system_random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, TypeVar

from . import api
from .core import Core, Handler
from .errors import BehestError
from .files import Files
from .inbox import MemorySeen, SeenStore
from .outbox import OutboxStore
from .pushes import Pushes
from .reconnector import State
from .session import Session
from .sockets import Address, Dial
from .streams import FallbackDial

H = TypeVar("H", bound=Handler)
_TIMEOUT = api.CLIENT_REQUEST_MS / 1000


class Client(api.Requests):
    """Does nothing before `connect()`; `async with` connects and closes.

    `token`: an access token or that of a login; a `session` in its place renews itself. `accept`: kinds that this
    device shows. `seen` and `outbox` keep what was shown and what was not sent over a restart; both are in memory
    otherwise. `user_id`: if known before the first connection, requests of an earlier run are read at once.

    Handlers are functions or coroutines; each `on_…` can be used as a decorator.
    """

    def __init__(
        self,
        server: str,
        *,
        token: str | None = None,
        session: Session | None = None,
        device: str | None = None,
        window: int | None = None,
        accept: Iterable[str] = (),
        seen: SeenStore | None = None,
        outbox: OutboxStore | None = None,
        user_id: str | None = None,
        random: Callable[[], float] = system_random.random,
        dial: Dial | None = None,
    ) -> None:
        self._token = token
        self._session = session
        self.files = Files(server, self.token)
        self.pushes = Pushes(server, self.token)
        self._fallback = FallbackDial(lambda kind: self._core.tell("transport", kind))
        query = {"device": device, "window": window, "accept": ",".join(accept) or None}
        self._core = Core(
            Address(server, {name: str(value) for name, value in query.items() if value is not None}),
            dial=dial or self._fallback,
            random=random,
            token=None if token is None and session is None else self.token,
            renew=None if session is None else session.renew,
            seen=seen or MemorySeen(),
            outbox=outbox,
            user_id=user_id,
        )

    @property
    def state(self) -> State:
        return self._core.reconnector.state

    @property
    def transport(self) -> str:
        """`websocket`, or `stream` where WebSockets are blocked (WS-12)."""
        return self._fallback.transport

    @property
    def stopped(self) -> bool:
        """Whether the safety stop is on (CO-6)."""
        return self._core.stopped

    @property
    def stop_pending(self) -> bool:
        """The person stopped, and the server has not answered yet."""
        return self._core.outgoing.stop_pending

    @property
    def waiting(self) -> int:
        """Requests that wait for a connection."""
        return self._core.outgoing.waiting

    async def token(self) -> str | None:
        """A token for REST calls; None when the person has to log in."""
        return await self._session.token() if self._session is not None else self._token

    def connect(self) -> None:
        """Starts, or starts again after `login` and `stopped`."""
        self._core.outgoing.prepare()
        self._core.reconnector.connect()

    def wake(self) -> None:
        """Tries now if a retry is waiting."""
        self._core.reconnector.wake()

    async def online(self) -> dict[str, Any]:
        """Returns at `session.ready`; raises when the person has to log in or the client has ended."""
        return await self._core.reconnector.when_online()

    async def request(self, method: str, params: Mapping[str, Any], *, timeout: float = _TIMEOUT) -> Any:
        """Sends a request. Raises `BehestError`.

        Without a connection, requests that are safe to repeat wait for the next one; a stop is sent first and makes
        the client try now. `timeout` counts from sending.
        """
        return await self.begin(method, params, timeout=timeout)

    def begin(self, method: str, params: Mapping[str, Any], *, timeout: float = _TIMEOUT) -> asyncio.Future[Any]:
        """`request` without waiting: it is sent, or kept, before this returns."""
        # `from_` stands for `from`, which is a word of Python.
        plain = {name.removesuffix("_"): value for name, value in params.items()}
        answer = self._core.outgoing.request(method, plain, timeout)
        if method == "safety.stop":
            if self.state.kind in ("idle", "stopped"):
                self.connect()
            else:
                self.wake()
        return answer

    async def deliveries(self) -> AsyncIterator[api.Delivery]:
        """Commands for the person, each once. One is acknowledged when the next is asked for."""
        queue: asyncio.Queue[tuple[api.Delivery, asyncio.Future[None]]] = asyncio.Queue()

        async def take(delivery: api.Delivery) -> None:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            queue.put_nowait((delivery, done))
            await done

        off = self._core.on("deliver", take)
        done: asyncio.Future[None] | None = None
        try:
            while True:
                delivery, done = await queue.get()
                yield delivery
                if not done.done():
                    done.set_result(None)
        finally:
            off()
            if done is not None and not done.done():
                done.set_exception(BehestError("closed", "The program takes no more commands."))

    def on_deliver(self, handler: H) -> H:
        """A command, each once. Acknowledged when every handler is done; deliveries wait until there is one."""
        return self._on("deliver", handler)

    def on_message(self, handler: H) -> H:
        """A chat message, in its order among the commands; again when it was withdrawn or checked."""
        return self._on("message", handler)

    def on_changed(self, handler: H) -> H:
        """`command.changed`."""
        return self._on("changed", handler)

    def on_notification(self, handler: H) -> H:
        """Called with a method and its params, for all that the library does not handle itself."""
        return self._on("notification", handler)

    def on_stopped(self, handler: H) -> H:
        """Called with `stopped` and `pending`. End at once whatever a command has begun."""
        return self._on("stopped", handler)

    def on_state(self, handler: H) -> H:
        return self._on("state", handler)

    def on_ready(self, handler: H) -> H:
        return self._on("ready", handler)

    def on_failed(self, handler: H) -> H:
        """A handler of `on_deliver` failed: called with the delivery and the error. The server delivers again."""
        return self._on("failed", handler)

    def on_unsent(self, handler: H) -> H:
        """The server refused a request of an earlier run: called with it and the error."""
        return self._on("unsent", handler)

    def on_transport(self, handler: H) -> H:
        """Called with `stream` where WebSockets are blocked, and with `websocket` when they are no longer."""
        return self._on("transport", handler)

    def _on(self, event: str, handler: H) -> H:
        self._core.on(event, handler)
        return handler

    async def close(self) -> None:
        """Ends the client; waiting requests raise `closed`. The outbox keeps its requests."""
        self._core.reconnector.close()
        self._core.inbox.close()
        await self._core.outgoing.close(BehestError("closed", "The client was closed."))
        await self.files.close()
        await self.pushes.close()

    async def __aenter__(self) -> Client:
        self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
