"""Devices of the person that are told of what is new, by Web Push or UnifiedPush (UI-12)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from .errors import BehestError, problem_of


class Pushes:
    def __init__(self, server: str, token: Callable[[], Awaitable[str | None]]) -> None:
        self._server = server.rstrip("/")
        self._token = token
        self._http = httpx.AsyncClient(timeout=60)

    async def key(self) -> str | None:
        """The server's public key, base64url, for whoever makes the subscription; None where notifications are off."""
        key: str | None = (await self._call("GET", "")).json()["key"]
        return key

    async def subscribe(self, endpoint: str, *, p256dh: str, auth: str, device: str | None = None) -> None:
        """Has a device told from now on, or renews it. Takes what a UnifiedPush connector gives (RFC 8291)."""
        body = {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}
        await self._call("POST", "/subscriptions", body if device is None else {**body, "device": device})

    async def unsubscribe(self, endpoint: str) -> None:
        """Has the device of this address told no more."""
        await self._call("DELETE", "/subscriptions", {"endpoint": endpoint})

    async def list(self) -> dict[str, Any]:
        """`devices` with what their push services said last, and `holds`: what holds everything now. For a login."""
        devices: dict[str, Any] = (await self._call("GET", "/subscriptions")).json()
        return devices

    async def test(self, id: str) -> dict[str, Any]:
        """Sends a push to a device now, and tells what its push service said. For a login."""
        device: dict[str, Any] = (await self._call("POST", f"/subscriptions/{quote(id, safe='')}/test")).json()
        return device

    async def remove(self, id: str) -> None:
        """Has a device told no more, by its id. For a login."""
        await self._call("DELETE", f"/subscriptions/{quote(id, safe='')}")

    async def answer(self, ticket: str) -> dict[str, Any]:
        """Answers from a notification, by the `ticket` in the address of its button: once."""
        answered: dict[str, Any] = (await self._call("POST", "/answers", {"ticket": ticket})).json()
        return answered

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        token = await self._token()
        if token is None:
            raise BehestError("unauthorized", "Log in first.")
        url = f"{self._server}/api/v1/push{path}"
        headers = {"Authorization": f"Bearer {token}"}
        try:
            response = await self._http.request(method, url, headers=headers, json=body)
        except httpx.HTTPError:
            raise BehestError("offline", "The server cannot be reached.") from None
        if response.status_code >= 300:
            raise problem_of(response.status_code, response.text)
        return response
