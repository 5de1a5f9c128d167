"""Plays `sdk/conformance/` on a clock that stands still. `python tests/transcripts_test.py`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from behest import BehestError, Client, State
from behest.sockets import Address, SocketEvents

FOLDER = Path(__file__).parents[2] / "conformance"


class StandingLoop(asyncio.SelectorEventLoop):
    """A loop whose time a test moves."""

    now = 1_000_000.0

    def time(self) -> float:
        return self.now

    async def settle(self) -> None:
        for _ in range(25):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        end = self.now + seconds
        await self.settle()
        scheduled: list[Any] = self._scheduled  # type: ignore[attr-defined]
        while True:
            due = [one.when() for one in scheduled if not one.cancelled()]
            # Times are added up in floating point.
            if not due or min(due) > end + 1e-6:
                break
            self.now = max(self.now, min(due))
            await self.settle()
        self.now = end
        await self.settle()


class FakeSocket:
    def __init__(self, player: Player, events: SocketEvents) -> None:
        self.player = player
        self.events = events
        self.over = False

    def send(self, text: str) -> None:
        if not self.over:
            self.player.sent(json.loads(text))

    def close(self, code: int, reason: str) -> None:
        if not self.over:
            self.over = True
            self.player.effects.append({"closed": code})

    def end(self, code: int, reason: str) -> None:
        if not self.over:
            self.over = True
            self.events.closed(code, reason)


class Player:
    def __init__(self, transcript: dict[str, Any], loop: StandingLoop) -> None:
        self.loop = loop
        self.effects: list[dict[str, Any]] = []
        self.sockets: list[FakeSocket] = []
        self.ids: dict[str, Any] = {}
        self.fails = False
        self.refused: int | None = None
        options = dict(transcript["client"])
        fraction = options.pop("fraction")
        self.client = Client("https://behest.example", **options, random=lambda: fraction, dial=self.dial)
        client = self.client
        client.on_state(self.state)
        client.on_deliver(self.deliver)
        client.on_message(lambda one: self.event({"message": one["message"]["id"]}))
        client.on_changed(self.changed)
        client.on_notification(lambda method, _: self.event({"notification": method}))
        client.on_stopped(lambda stopped, pending: self.event({"stopped": stopped, "pending": pending}))
        client.on_failed(lambda one, _: self.event({"failed": one["command"]["id"]}))

    def event(self, event: dict[str, Any]) -> None:
        self.effects.append({"event": event})

    def dial(self, address: Address, events: SocketEvents) -> FakeSocket:
        socket = FakeSocket(self, events)
        if self.refused is not None:
            self.loop.call_soon(events.refused, self.refused)
            self.refused = None
            socket.over = True
            return socket
        self.effects.append({"open": address.query})
        self.sockets.append(socket)
        return socket

    def sent(self, frame: dict[str, Any]) -> None:
        if "method" in frame:
            name = f"${len(self.ids) + 1}"
            self.ids[name] = frame["id"]
            frame = {**frame, "id": name}
        self.effects.append({"out": frame})

    def state(self, state: State) -> None:
        if state.kind == "offline":
            assert state.retry_in is not None
            self.event({"state": "offline", "inMs": round(state.retry_in * 1000)})
        elif state.kind == "stopped":
            self.event({"state": "stopped", "code": state.code})
        elif state.kind != "connecting":
            self.event({"state": state.kind})

    async def deliver(self, delivery: Any) -> None:
        if self.fails:
            raise RuntimeError("The handler fails, as the transcript says.")
        self.event({"deliver": delivery["command"]["id"]})

    def changed(self, change: dict[str, Any]) -> None:
        to = {"to": change["state"]} if "state" in change else {}
        self.event({"changed": change["id"], **to})

    async def act(self, action: dict[str, Any]) -> list[dict[str, Any]]:
        if "connect" in action:
            self.client.connect()
        elif "request" in action:
            self.request(**action["request"])
        elif "handler" in action:
            self.fails = action["handler"] == "fails"
        elif "close" in action:
            await self.client.close()
        elif "clock" in action:
            await self.loop.advance(action["clock"] / 1000)
        elif "in" in action:
            frame = action["in"]
            text = frame.get("raw")
            if text is None:
                text = json.dumps({**frame, "id": self.ids.get(frame["id"], frame["id"])} if "id" in frame else frame)
            if not self.sockets[-1].over:
                self.sockets[-1].events.message(text)
        elif "end" in action:
            self.sockets[-1].end(action["end"]["code"], action["end"]["reason"])
        elif "refused" in action:
            self.refused = action["refused"]
        else:
            raise AssertionError(f"an unknown action: {action}")
        await self.loop.settle()
        effects, self.effects = self.effects, []
        return in_order(effects)

    def request(self, name: str, method: str, params: dict[str, Any]) -> None:
        try:
            answer = self.client.begin(method, params)
        except BehestError as error:
            return self.event({"failed": name, "kind": error.kind})

        def settled(future: asyncio.Future[Any]) -> None:
            error = future.exception()
            if error is None:
                self.event({"answered": name})
            else:
                assert isinstance(error, BehestError)
                self.event({"failed": name, "kind": error.kind})

        answer.add_done_callback(settled)


def in_order(effects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def place(effect: dict[str, Any]) -> tuple[int, str]:
        for number, name in enumerate(("open", "out", "closed")):
            if name in effect:
                return (number, "")
        return (3, "") if "deliver" in effect["event"] else (4, json.dumps(effect, sort_keys=True))

    return sorted(effects, key=place)


async def play(transcript: dict[str, Any], loop: StandingLoop) -> None:
    player = Player(transcript, loop)
    steps = transcript["steps"]
    effects = ("open", "out", "closed", "event")
    at = 0
    try:
        while at < len(steps):
            action, at = steps[at], at + 1
            expected = []
            while at < len(steps) and any(name in steps[at] for name in effects):
                expected.append(steps[at])
                at += 1
            done = await player.act(action)
            assert done == in_order(expected), (
                f"after {json.dumps(action)[:300]}\nexpected {expected}\nthe client did {done}"
            )
    finally:
        await player.client.close()
        await loop.settle()
    left = [one for one in loop._scheduled if not one.cancelled()]  # type: ignore[attr-defined]
    assert not left, f"timers were left behind: {left}"


def main() -> int:
    failed = 0
    names = sorted(name for name in os.listdir(FOLDER) if name.endswith(".json") and name != "methods.json")
    assert len(names) >= 30, f"only {len(names)} transcripts were found"
    for name in names:
        transcript = json.loads((FOLDER / name).read_text())
        loop = StandingLoop()
        try:
            loop.run_until_complete(play(transcript, loop))
            print(f"ok {transcript['name']}")
        except AssertionError as error:
            failed += 1
            print(f"not ok {transcript['name']}: {error}")
        finally:
            loop.close()
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
