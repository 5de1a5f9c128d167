"""Logins, and sessions that renew themselves (AU-13)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NotRequired, Protocol, TypedDict

import httpx

from .errors import BehestError, problem_of

_RENEW_BEFORE = timedelta(hours=12)


class Renewal(TypedDict):
    credential: str
    expiresAt: str


class KeptSession(TypedDict):
    """What a login or a renewal answered."""

    token: str
    expiresAt: str
    renewal: NotRequired[Renewal]


class SessionStore(Protocol):
    """Where a session is kept. `write` returns once it is durable; None forgets it."""

    async def read(self) -> KeptSession | None: ...

    async def write(self, session: KeptSession | None) -> None: ...


async def login(
    server: str, username: str, password: str, *, code: str | None = None, stay: bool = False
) -> KeptSession:
    """Logs in (AU-3). `stay`: with the person's consent, the answer renews itself. Raises `BehestError`."""
    body: dict[str, Any] = {"username": username, "password": password}
    if code is not None:
        body["code"] = code
    if stay:
        body["stay"] = True
    response = await _post(server, "/api/v1/auth/login", body)
    if response.status_code != 200:
        raise problem_of(response.status_code, response.text)
    kept = _read(response.json())
    if kept is None:
        raise BehestError("internal", "The server answered no session.")
    return kept


class Session:
    """Keeps a client logged in. What a renewal answered is kept before its token is used."""

    def __init__(self, server: str, store: SessionStore) -> None:
        self._server = server
        self._store = store
        self._renewing: asyncio.Task[bool] | None = None

    async def token(self) -> str | None:
        """A token, renewed in good time; None when the person has to log in."""
        kept = await self._store.read()
        if kept is None:
            return None
        left = datetime.fromisoformat(kept["expiresAt"]) - datetime.now(UTC)
        if left > _RENEW_BEFORE:
            return kept["token"]
        try:
            goes_on = await self.renew()
        except (httpx.HTTPError, BehestError):
            # The server is away: the token may be good for as long as it lasts.
            if left <= timedelta(0):
                raise
            return kept["token"]
        if goes_on:
            kept = await self._store.read()
            return None if kept is None else kept["token"]
        return kept["token"] if left > timedelta(0) else None

    async def renew(self) -> bool:
        """Whether the session goes on. Calls at the same time share one renewal."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())
        return await asyncio.shield(self._renewing)

    async def _renew(self) -> bool:
        kept = await self._store.read()
        if kept is None or "renewal" not in kept:
            return False
        body = {"credential": kept["renewal"]["credential"]}
        response = await _post(self._server, "/api/v1/auth/renew", body)
        if response.status_code == 401:
            await self._store.write(None)
            return False
        if response.status_code != 200:
            raise problem_of(response.status_code, response.text)
        renewed = _read(response.json())
        if renewed is None:
            raise BehestError("internal", "The server answered no session.")
        # Without a new credential the one before stays.
        await self._store.write({**kept, **renewed})
        return True


class SessionFile:
    """Keeps a session in a file that only its person can read, in a directory that exists."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    async def read(self) -> KeptSession | None:
        return await asyncio.to_thread(self._read)

    async def write(self, session: KeptSession | None) -> None:
        await asyncio.to_thread(self._write, session)

    def _read(self) -> KeptSession | None:
        try:
            return _read(json.loads(self._path.read_text("utf-8")))
        except (FileNotFoundError, ValueError):
            return None

    def _write(self, session: KeptSession | None) -> None:
        if session is None:
            self._path.unlink(missing_ok=True)
            return
        aside = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        try:
            # Never readable to others, not even for a moment.
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(session, file)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._path)
        except BaseException:
            with contextlib.suppress(OSError):
                aside.unlink()
            raise


def _post(server: str, path: str, body: dict[str, Any]) -> Awaitable[httpx.Response]:
    async def run() -> httpx.Response:
        async with httpx.AsyncClient(timeout=15) as http:
            return await http.post(f"{server.rstrip('/')}{path}", json=body)

    return run()


def _read(answer: Any) -> KeptSession | None:
    if not isinstance(answer, dict):
        return None
    token, expires, renewal = (answer.get(name) for name in ("token", "expiresAt", "renewal"))
    if not isinstance(token, str) or not isinstance(expires, str):
        return None
    kept: KeptSession = {"token": token, "expiresAt": expires}
    if isinstance(renewal, dict):
        kept["renewal"] = {"credential": renewal["credential"], "expiresAt": renewal["expiresAt"]}
    return kept
