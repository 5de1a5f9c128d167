"""What goes wrong, in the terms of the protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class BehestError(Exception):
    """Why a request failed. Decide by `kind`; the text is safe to show.

    Kinds are the server's (`not_found`, `forbidden`, `conflict`, `rate_limited`, `queue_full`, `not_clean`,
    `expired`, `stopped`, `too_large`, `unavailable`, `unauthorized`, `invalid_params`, `internal`), and the
    library's own: `offline` was not sent; after `broken` and `timed_out` it is unknown whether the server did
    it; `closed`: the client has ended.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        code: int | None = None,
        retry_after: float | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code
        """JSON-RPC error code; None without an answer of the server."""
        self.retry_after = retry_after
        """Seconds to wait, with `rate_limited`."""
        self.fields = fields
        """Reasons by field, with `invalid_params`."""


def error_of(answer: Mapping[str, Any]) -> BehestError:
    """The error of a JSON-RPC answer."""
    data = answer.get("data")
    data = data if isinstance(data, dict) else {}
    code = answer.get("code")
    kind = data.get("kind")
    if not isinstance(kind, str):
        kind = "invalid_params" if code == -32602 else "internal"
    retry = data.get("retryAfterMs")
    fields = data.get("fields")
    return BehestError(
        kind,
        str(answer.get("message", "")),
        code=code if isinstance(code, int) else None,
        retry_after=max(0.0, retry / 1000) if isinstance(retry, int | float) else None,
        fields=fields if isinstance(fields, dict) else None,
    )


_BY_STATUS = {
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "rate_limited",
}


def problem_of(status: int, body: str) -> BehestError:
    """The error of an HTTP answer: RFC 9457, or whatever a proxy says."""
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    if isinstance(problem, dict) and isinstance(problem.get("kind"), str):
        return error_of({"code": None, "message": problem.get("detail", ""), "data": problem})
    kind = _BY_STATUS.get(status, "unavailable" if status >= 500 else "internal")
    return BehestError(kind, f"The server answered {status}.")
