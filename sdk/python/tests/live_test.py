"""The library with a real server. `tests/http/sdk_live_test.ts` starts one and says where it is."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from behest import BehestError, Client, FileStore, Session, SessionFile, login


def told(name: str) -> str:
    return os.environ[f"BEHEST_TEST_{name}"]


ANN, BOB = told("ANN"), told("BOB")


class Device:
    """A connected device of somebody, and what it was handed."""

    def __init__(self, username: str, device: str = "suite", server: str = "SERVER", **options: Any) -> None:
        self.username = username
        self.server = told(server)
        self.options = {"device": device, **options}
        self.got: list[str] = []

    async def __aenter__(self) -> Device:
        kept = await login(self.server, self.username, told("PASSWORD"))
        self.client = Client(self.server, token=kept["token"], **self.options)
        self.client.on_deliver(lambda one: self.got.append(one["command"].get("title", "(sealed)")))
        self.client.connect()
        await self.client.online()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    async def send(self, to: str, title: str, attachments: list[str] | None = None) -> None:
        audience: Any = {"kind": "user", "to": [to]}
        sent = await self.client.command_send(
            audience=audience, kind="task", title=title, attachments=attachments or []
        )
        assert sent["command"]["title"] == title


class Logged(logging.Handler):
    """What the library logs."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


async def until(condition: Callable[[], bool], what: str) -> None:
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"waited too long for {what}")


async def cut_connections() -> None:
    """DL-3: a connection that is cut hands over each command once, in order."""
    async with Device(ANN, "sender") as sender, Device(BOB) as receiver, httpx.AsyncClient() as http:
        titles = [f"number {number}" for number in range(20)]
        for number, title in enumerate(titles):
            sending = asyncio.create_task(sender.send(BOB, title))
            await asyncio.sleep(0)
            if number % 5 == 4:
                await http.get(told("CUT"))
            await sending
        await until(lambda: len(receiver.got) >= len(titles), "the commands")
        await sender.send(BOB, "last")
        await until(lambda: "last" in receiver.got, "the last command")
        assert receiver.got == [*titles, "last"], receiver.got


async def cut_at_every_frame() -> None:
    """DL-3: connections that are cut after each of their frames hand over each command once."""
    titles: list[str] = []
    async with Device(BOB, "sender") as sender, httpx.AsyncClient() as http:
        for frames in range(10):
            await http.get(f"{told('CUT')}?after={frames}")
            receiver = Device(ANN, f"cut-{frames}", random=lambda: 0.0)
            async with receiver:
                titles.append(f"frame {frames}")
                await sender.send(ANN, titles[-1])

                def arrived(got: list[str] = receiver.got) -> bool:
                    return set(titles) <= set(got)

                await until(arrived, "all commands")
                await receiver.client.category_list()
                got = [title for title in receiver.got if title.startswith("frame")]
                assert got == titles, got


async def files() -> None:
    """FI-2: a file goes up in parts, with a command, and down again."""
    async with Device(ANN, "sender") as sender, Device(BOB) as receiver:
        content = secrets.token_bytes(2_600_000)
        progress: list[int] = []
        file = await sender.client.files.put(
            content, name="Grüße.bin", progress=lambda sent, _: progress.append(sent)
        )
        assert file["name"] == "Grüße.bin" and progress == [0, 1_000_000, 2_000_000, len(content)]
        await sender.send(BOB, "with a file", [file["id"]])
        await until(lambda: "with a file" in receiver.got, "the command with the file")
        async with receiver.client.files.content(file["id"], start=len(content) - 10) as parts:
            assert b"".join([part async for part in parts]) == content[-10:]
        listed = await sender.client.files.list()
        assert [one["id"] for one in listed["files"]] == [file["id"]]


async def pushes() -> None:
    """UI-12: a device is told by UnifiedPush, and says what its push service answered."""
    async with Device(ANN) as person:
        devices = person.client.pushes
        endpoint, p256dh, auth = told("PUSH").split(" ")
        assert len(await devices.key() or "") == 87
        await devices.subscribe(endpoint, p256dh=p256dh, auth=auth, device="phone")
        listed = await devices.list()
        [one] = listed["devices"]
        assert (one["device"], one["last"], listed["holds"]) == ("phone", None, None), listed
        assert (await devices.test(one["id"]))["last"]["outcome"] == "sent"
        await devices.unsubscribe(endpoint)
        for refused in (devices.answer("x"), devices.remove(one["id"])):
            try:
                await refused
            except BehestError as error:
                assert error.kind == "not_found", error
            else:
                raise AssertionError("not refused")


async def stop() -> None:
    """CO-6: a stop holds what comes, on every device, until the person resumes."""
    async with Device(ANN, "sender") as sender, Device(BOB) as receiver, Device(BOB, "other") as other:
        stops: list[bool] = []
        other.client.on_stopped(lambda stopped, _: stops.append(stopped))
        await receiver.client.safety_stop()
        await sender.send(BOB, "held")
        await until(lambda: True in stops, "the stop on the other device")
        assert receiver.client.stopped and "held" not in receiver.got
        await receiver.client.safety_resume(confirm=True)
        await until(lambda: "held" in receiver.got and "held" in other.got, "what was held")
        assert not receiver.client.stopped and not receiver.client.stop_pending


async def streams() -> None:
    """WS-12: where WebSockets are blocked the library says so and goes on over a stream."""
    transports: list[str] = []
    async with Device(ANN, "sender") as sender:
        blocked = Device(BOB, "blocked", "BLOCKED", random=lambda: 0.01)
        async with blocked as receiver:
            receiver.client.on_transport(transports.append)
            assert receiver.client.transport == "stream"
            await sender.send(BOB, "over a stream")
            await until(lambda: "over a stream" in receiver.got, "the command over the stream")
            page = await receiver.client.inbox_list(q="over a stream")
            assert len(page["items"]) == 1
            page = await receiver.client.inbox_list(from_=ANN, limit=1)
            assert page["items"][0]["command"]["from"]["username"] == ANN
            await receiver.send(ANN, "back")
    assert transports == []


async def ends() -> None:
    """WS-5: a device that is replaced stays away; AU-6: a session that ends asks for a login."""
    async with Device(ANN) as first, Device(ANN) as second:
        await until(lambda: first.client.state.kind == "stopped", "the replaced device")
        assert first.client.state.code == 4409
        async with httpx.AsyncClient() as http:
            token = await second.client.token()
            headers = {"Authorization": f"Bearer {token}"}
            await http.post(f"{second.server}/api/v1/auth/logout", headers=headers)
        await until(lambda: second.client.state.kind == "login", "the end of the session")


async def refusals() -> None:
    """CM-1: a refusal has its kind, and its fields."""
    async with Device(ANN, "sender") as sender:
        unknown = "01ARZ3NDEKTSV4RR0000000000"
        for kind, call in (
            ("not_found", sender.client.command_get(id=unknown)),
            ("invalid_params", sender.client.command_get(id="no id")),
            ("not_found", sender.client.files.get(unknown)),
        ):
            try:
                await call
            except BehestError as error:
                assert error.kind == kind, error.kind
                assert kind != "invalid_params" or list(error.fields or {}) == ["id"]
            else:
                raise AssertionError(f"no {kind}")
    try:
        await login(told("SERVER"), ANN, "not the password of anybody")
    except BehestError as error:
        assert error.kind == "unauthorized", error.kind
    else:
        raise AssertionError("a wrong password was accepted")


async def restarts() -> None:
    """AU-13, DL-3: a session is renewed; what was not sent is sent by the next run, and nothing is shown twice."""
    with tempfile.TemporaryDirectory() as folder:
        server = told("SERVER")
        path = Path(folder, "session")
        session_file = SessionFile(path)
        await session_file.write(await login(server, BOB, told("PASSWORD"), stay=True))
        assert (await asyncio.to_thread(path.stat)).st_mode & 0o777 == 0o600
        store = FileStore(Path(folder, "store"))
        options: dict[str, Any] = {"device": "kept", "seen": store, "outbox": store}
        session = Session(server, session_file)
        async with Client(server, session=session, **options) as client:
            me = (await client.online())["user"]["id"]
        offline = Client(server, session=session, user_id=me, **options)
        audience: Any = {"kind": "user", "to": [ANN]}
        kept = asyncio.create_task(offline.command_send(audience=audience, kind="task", title="kept"))
        await asyncio.sleep(0)
        await offline.close()
        assert isinstance((await asyncio.gather(kept, return_exceptions=True))[0], BehestError)
        assert [one.params["title"] for one in await store.load()] == ["kept"]
        before = await session.token()
        assert await session.renew() and await session.token() != before
        again = Client(server, session=session, user_id=me, **options)
        async with Device(ANN, "late") as receiver, again:
            await until(lambda: "kept" in receiver.got, "what the earlier run left")
            await until(lambda: again.waiting == 0, "its answer")
        assert await store.load() == []
        store.close()


async def iterated() -> None:
    """DL-1: the iterator of commands acknowledges one when the next is asked for; to leave it is no error."""
    logged = Logged()
    log = logging.getLogger("behest")
    log.addHandler(logged)
    log.setLevel(logging.INFO)
    async with Device(ANN, "sender") as sender:
        kept = await login(told("SERVER"), BOB, told("PASSWORD"))
        async with Client(told("SERVER"), token=kept["token"], device="iterated") as client:
            await sender.send(BOB, "iterated 1")
            await sender.send(BOB, "iterated 2")
            got: list[str] = []
            async for delivery in client.deliveries():
                got.append(str(delivery["command"].get("title")))
                if got[-1] == "iterated 2":
                    break
            assert got[-2:] == ["iterated 1", "iterated 2"]
            await until(lambda: any("was not taken" in line for line in logged.lines), "the iterator was left")
    log.removeHandler(logged)
    log.setLevel(logging.NOTSET)
    assert not any("failed" in line for line in logged.lines), logged.lines


CHECKS: list[Callable[[], Awaitable[None]]] = [
    cut_connections,
    cut_at_every_frame,
    files,
    pushes,
    stop,
    streams,
    ends,
    refusals,
    restarts,
    iterated,
]


async def main() -> int:
    failed = 0
    for check in CHECKS:
        try:
            await check()
            print(f"ok {check.__doc__}", flush=True)
        except Exception as error:
            failed += 1
            print(f"not ok {check.__doc__}: {type(error).__name__} {error}", flush=True)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
