"""Security headers of every response, and a response without details to unexpected errors."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("cdp.customer_page")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class SecureResponses:
    """Adds `HEADERS` to every response and answers unexpected errors with a page.

    The message of such an error may contain values of the data, so only its place is logged.

    Args:
        app: The application.
        problem: Makes the page.
    """

    def __init__(
        self, app: ASGIApp, problem: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self._app = app
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = dict(HEADERS)
                if scope.get("scheme") == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
                message["headers"] += [(n.lower().encode(), v.encode()) for n, v in headers.items()]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            places = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in places[::-1])
            log.error("%s at %s", type(error).__name__, where)
            if not has_begun:
                response = await self._problem(Request(scope), error)
                await response(scope, receive, send_with_headers)
