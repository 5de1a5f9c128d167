"""Files of the person: resumable uploads (tus 1.0.0, FI-2) and downloads."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urljoin, urlsplit

import httpx

from .api import File
from .errors import BehestError, problem_of

PART_BYTES = 1_000_000
"""Bytes of one request: fewer than the megabyte to which many proxies limit a body (FI-9)."""
_LEAST_PART = 50_000
_RETRIES = (0.5, 1, 3, 10)
_TUS = {"Tus-Resumable": "1.0.0"}
_PASSING = ("offline", "broken", "rate_limited", "unavailable", "internal", "conflict")


class _ProxyLimit(Exception):
    def __init__(self, refusal: BehestError) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class Files:
    def __init__(self, server: str, token: Callable[[], Awaitable[str | None]]) -> None:
        self._server = server.rstrip("/")
        self._token = token
        self._http = httpx.AsyncClient(timeout=60)

    async def put(
        self,
        source: str | os.PathLike[str] | bytes | BinaryIO,
        *,
        name: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        resume: str | None = None,
        begun: Callable[[str], None] | None = None,
    ) -> File:
        """Uploads a path, bytes or an open file, and resumes after interruptions.

        Returns once the server has the file; it may still be scanned then. `progress` is called with the bytes that
        the server has and their total, `begun` with the upload's address: keep it for `resume` in a later run.
        """
        if isinstance(source, bytes):
            import io

            return await self._put(io.BytesIO(source), name or "file", progress, resume, begun)
        if hasattr(source, "read"):
            return await self._put(cast(BinaryIO, source), name or "file", progress, resume, begun)
        path = Path(cast(str, source))
        with await asyncio.to_thread(path.open, "rb") as file:
            return await self._put(file, name or path.name, progress, resume, begun)

    async def get(self, id: str) -> File:
        response = await self._call("GET", f"/api/v1/files/{id}")
        return cast(File, response.json()["file"])

    async def list(self, before: str | None = None) -> dict[str, Any]:
        """A page of the person's own files, newest first: `files` and `next`, which is `before` of the next page."""
        query = "" if before is None else f"?before={before}"
        page: dict[str, Any] = (await self._call("GET", f"/api/v1/files{query}")).json()
        return page

    @asynccontextmanager
    async def content(self, id: str, *, start: int = 0) -> AsyncIterator[AsyncIterator[bytes]]:
        """Its bytes from `start` on: own files, and those of commands and chats that the person got, when clean."""
        headers = await self._headers({"Range": f"bytes={start}-"} if start else {})
        url = f"{self._server}/api/v1/files/{id}/content"
        async with self._http.stream("GET", url, headers=headers) as response:
            if response.status_code >= 300:
                raise problem_of(response.status_code, (await response.aread()).decode(errors="replace"))
            yield response.aiter_bytes()

    async def close(self) -> None:
        await self._http.aclose()

    async def _put(
        self,
        source: BinaryIO,
        name: str,
        progress: Callable[[int, int], None] | None,
        place: str | None,
        begun: Callable[[str], None] | None,
    ) -> File:
        size = source.seek(0, os.SEEK_END)
        part, tries = PART_BYTES, 0
        while True:
            try:
                standing = None if place is None else await self._standing(place)
                if standing is None:
                    place, offset, file_id = await self._begin(size, name)
                    if begun is not None:
                        begun(place)
                else:
                    offset, file_id = standing
                if progress is not None:
                    progress(offset, size)
                while offset < size:
                    source.seek(offset)
                    sent, file_id = await self._send(cast(str, place), offset, source.read(part))
                    if sent <= offset:
                        raise BehestError("broken", "The server took no bytes.")
                    offset, tries = sent, 0
                    if progress is not None:
                        progress(offset, size)
                if file_id is None:
                    raise BehestError("internal", "The server did not name the file.")
                return await self.get(file_id)
            except _ProxyLimit as limit:
                if part <= _LEAST_PART:
                    raise limit.refusal from None
                part = max(_LEAST_PART, part // 2)
            except BehestError as error:
                if error.kind not in _PASSING or tries >= len(_RETRIES):
                    raise
                await asyncio.sleep(_RETRIES[tries])
                tries += 1

    async def _standing(self, place: str) -> tuple[int, str | None] | None:
        """How far an upload is; None when the server no longer has it."""
        response = await self._send_request("HEAD", place, headers=_TUS)
        if response.status_code in (404, 410):
            return None
        if response.status_code >= 300:
            raise problem_of(response.status_code, "")
        return _progress_of(response)

    async def _begin(self, size: int, name: str) -> tuple[str, int, str | None]:
        encoded = base64.b64encode(name.encode()).decode()
        headers = {**_TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {encoded}"}
        response = await self._call("POST", "/api/v1/uploads", headers=headers)
        place = response.headers.get("location")
        if place is None:
            raise BehestError("internal", "The server began no upload.")
        return urljoin(f"{self._server}/", place), 0, response.headers.get("behest-file-id")

    async def _send(self, place: str, offset: int, body: bytes) -> tuple[int, str | None]:
        headers = {
            **_TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        response = await self._send_request("PATCH", place, headers=headers, content=body)
        if response.status_code < 300:
            return _progress_of(response)
        refusal = problem_of(response.status_code, response.text)
        # The server's own refusals have a kind: anything else comes from a proxy.
        if response.status_code == 413 and '"kind"' not in response.text:
            raise _ProxyLimit(refusal)
        raise refusal

    async def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        response = await self._send_request(method, path, **more)
        if response.status_code >= 300:
            raise problem_of(response.status_code, response.text)
        return response

    async def _send_request(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        url = urljoin(f"{self._server}/", path) if "://" in path else f"{self._server}{path}"
        # A token is never sent to another server, whatever an answer names.
        if urlsplit(url)[:2] != urlsplit(self._server)[:2]:
            raise BehestError("forbidden", "The server named an address of another server.")
        try:
            return await self._http.request(method, url, headers=await self._headers(headers or {}), **more)
        except httpx.HTTPError:
            raise BehestError("offline", "The server cannot be reached.") from None

    async def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        token = await self._token()
        if token is None:
            raise BehestError("unauthorized", "Log in first.")
        return {**headers, "Authorization": f"Bearer {token}"}


def _progress_of(response: httpx.Response) -> tuple[int, str | None]:
    try:
        offset = int(response.headers["upload-offset"])
    except (KeyError, ValueError):
        raise BehestError("internal", "The server did not say how far it is.") from None
    return offset, response.headers.get("behest-file-id")
