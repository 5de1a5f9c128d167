"""What was shown and what was not sent, over a restart: one SQLite file for each person and device."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
from typing import Any

from . import api
from .outbox import StoredRequest


class FileStore:
    """Give it as `seen` and as `outbox`. The file is readable to its person alone."""

    def __init__(self, path: str | os.PathLike[str], *, remembered: int = api.CLIENT_SEEN_IDS) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(descriptor)
        self._remembered = remembered
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, state TEXT NOT NULL)")
        self._db.execute("CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, request TEXT NOT NULL)")

    async def get(self, id: str) -> str | None:
        rows = await self._run("SELECT state FROM seen WHERE id = ?", id)
        return rows[0][0] if rows else None

    async def set(self, id: str, state: str) -> None:
        await self._run("INSERT OR REPLACE INTO seen VALUES (?, ?)", id, state)
        # Ids sort by time: the oldest are forgotten.
        oldest = "SELECT id FROM seen ORDER BY id DESC LIMIT 1 OFFSET ?"
        await self._run(f"DELETE FROM seen WHERE id < ({oldest})", self._remembered)

    async def load(self) -> list[StoredRequest]:
        rows = await self._run("SELECT request FROM outbox ORDER BY id")
        return [StoredRequest(**json.loads(text)) for (text,) in rows]

    async def put(self, request: StoredRequest) -> None:
        text = json.dumps(request.__dict__)
        await self._run("INSERT OR REPLACE INTO outbox VALUES (?, ?)", request.id, text)

    async def remove(self, id: str) -> None:
        await self._run("DELETE FROM outbox WHERE id = ?", id)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    async def _run(self, sql: str, *values: Any) -> list[Any]:
        def work() -> list[Any]:
            with self._lock:
                return self._db.execute(sql, values).fetchall()

        return await asyncio.to_thread(work)
