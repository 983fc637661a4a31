"""Routes: sign-in, search, and the pages of one person."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cdp.customer_page.audit import AuditLog
from cdp.customer_page.lookups import VIEWS, AuditFailedError, Lookups
from cdp.customer_page.middleware import SecureResponses
from cdp.customer_page.options import PageOptions
from cdp.customer_page.search import MAX_FOUND
from cdp.customer_page.sessions import (
    COOKIE,
    MAX_AGE_SECONDS,
    Session,
    SessionSigner,
    fingerprint_of,
)
from cdp.customer_page.users import FAILURE_WINDOW_SECONDS, SignInLimit, User, authenticate
from cdp.customer_page.warehouse import Readers, WarehouseMissingError, WarehouseUnavailableError
from cdp.customer_page.wording import moment, span, words

FOLDER = Path(__file__).parent
MAX_FORM_BYTES = 4096
PROFILE_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
Reply = TypeVar("Reply", bound=Response)


@dataclass(frozen=True)
class RequestContext:
    """The user of a request and the session that the response continues."""

    user: User
    session: Session


class NotSignedInError(Exception):
    """The request needs a sign-in."""


class CustomerPage:
    """Handlers of all routes.

    Args:
        options: How the page is served.
        readers: Opens the warehouse.
        audit: Records look-ups.
    """

    def __init__(self, options: PageOptions, readers: Readers, audit: AuditLog) -> None:
        self._options = options
        self._lookups = Lookups(readers, audit)
        self._signer = SessionSigner(options.secret)
        self._limit = SignInLimit()
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(moment=moment, words=words)
        self._templates.globals.update(span=span, views=VIEWS, needs_sign_in=bool(options.users))

    def routes(self) -> list[Route | Mount]:
        """All routes."""
        return [
            Route("/", self.home),
            Route("/sign-in", self.sign_in, methods=["GET", "POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route("/search", self.search, methods=["POST"]),
            Route("/customers/{profile_id}", self.customer),
            Route("/customers/{profile_id}/{view}", self.customer),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ]

    async def home(self, request: Request) -> Response:
        """The search form."""
        return self._page(request, "home.html", self._context(request))

    async def sign_in(self, request: Request) -> Response:
        """The form, and the sign-in that it sends, limited by name and by address."""
        if not self._options.users:
            return RedirectResponse("/", 303)
        session = self._session(request) or Session.begin()
        context = RequestContext(User("", self._options.local_user.role, ""), session)
        if request.method == "GET":
            return self._page(request, "sign_in.html", context, problem=None)
        form = await self._form(request, session)
        name, password = form.get("name", "")[:200], form.get("password", "")[:1000]
        address = request.client.host if request.client else ""
        keys = (f"name {name}", f"address {address}")
        if not self._limit.take(*keys):
            minutes = int(FAILURE_WINDOW_SECONDS // 60)
            problem = f"Too many attempts. Try again in {minutes} minutes."
            response = self._page(request, "sign_in.html", context, 429, problem=problem)
            response.headers["Retry-After"] = str(int(FAILURE_WINDOW_SECONDS))
            return response
        user = await run_in_threadpool(authenticate, self._options.users, name, password)
        if user is None:
            problem = "Name or password is wrong."
            return self._page(request, "sign_in.html", context, 401, problem=problem)
        self._limit.forgive(*keys)
        # A new session, so that a cookie that somebody planted before the sign-in is useless.
        return self._with_cookie(request, RedirectResponse("/", 303), Session.begin(user))

    async def sign_out(self, request: Request) -> Response:
        """End the session of this browser."""
        await self._form(request, self._context(request).session)
        response = RedirectResponse("/sign-in" if self._options.users else "/", 303)
        response.delete_cookie(COOKIE)
        return response

    async def search(self, request: Request) -> Response:
        """One person, or those that may be meant. A form, because logs would keep an address."""
        context = self._context(request)
        term = (await self._form(request, context.session)).get("term", "").strip()
        if not term:
            return RedirectResponse("/", 303)
        found = await run_in_threadpool(self._lookups.search, context.user, term)
        if len(found) == 1 and found[0].how != "shared":
            response: Response = RedirectResponse(f"/customers/{found[0].profile_id}", 303)
        else:
            # A role that must not see identifiers does not see the search term again.
            shown_term = term if context.user.role.sees_identifiers else None
            response = self._page(
                request,
                "found.html",
                context,
                200 if found else 404,
                found=found[:MAX_FOUND],
                has_more=len(found) > MAX_FOUND,
                term=shown_term,
            )
        return response

    async def customer(self, request: Request) -> Response:
        """One page of one person."""
        context = self._context(request)
        view = request.path_params.get("view", "overview")
        requested_id = request.path_params["profile_id"]
        if view not in VIEWS or not PROFILE_ID.fullmatch(requested_id):
            raise HTTPException(404)
        page = request.query_params.get("page", "1")
        values = await run_in_threadpool(
            self._lookups.person,
            context.user,
            requested_id,
            view,
            request.query_params.get("channel", ""),
            int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,
        )
        if values is None:
            raise HTTPException(404)
        if values["profile_id"] != requested_id:
            # Ids of merged profiles redirect to the current one.
            return RedirectResponse(f"/customers/{values['profile_id']}/{view}", 303)
        return self._page(request, f"{view}.html", context, **values)

    def _session(self, request: Request) -> Session | None:
        return self._signer.read(request.cookies.get(COOKIE, ""))

    def _context(self, request: Request) -> RequestContext:
        session = self._session(request)
        if not self._options.users:
            return RequestContext(self._options.local_user, session or Session.begin())
        user = self._options.users.get(session.user_name) if session else None
        if session is None or user is None or session.fingerprint != fingerprint_of(user):
            raise NotSignedInError
        return RequestContext(user, session)

    async def _form(self, request: Request, session: Session) -> dict[str, str]:
        """Fields of a form of this session; raises 403 if another site may have sent it."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                raise HTTPException(413)
        sent = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
        fields = {name: values[-1] for name, values in sent.items()}
        if not hmac.compare_digest(fields.get("token", "").encode(), session.token.encode()):
            raise HTTPException(403)
        return fields

    def _page(
        self,
        request: Request,
        template: str,
        context: RequestContext,
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        page = self._templates.get_template(template).render(
            user=context.user, token=context.session.token, **values
        )
        response = HTMLResponse(page, status)
        return self._with_cookie(request, response, context.session)

    def _with_cookie(self, request: Request, response: Reply, session: Session) -> Reply:
        response.set_cookie(
            COOKIE,
            self._signer.write(session),
            max_age=MAX_AGE_SECONDS,
            secure=request.url.scheme == "https" or not self._options.is_local,
            httponly=True,
            samesite="strict",
        )
        return response

    async def problem(self, request: Request, error: Exception) -> Response:
        """A page that explains an error, without the request or any data."""
        if isinstance(error, NotSignedInError):
            return RedirectResponse("/sign-in", 303)
        kind, status, values = "error", 500, {}
        if isinstance(error, WarehouseMissingError):
            kind, status, values = "missing", 503, {"tables": error.tables}
        elif isinstance(error, WarehouseUnavailableError):
            kind, status = "busy", 503
        elif isinstance(error, AuditFailedError):
            kind, status = "audit", 503
        elif isinstance(error, HTTPException):
            status = error.status_code
            kind = {404: "unknown", 403: "foreign", 413: "foreign"}.get(status, "error")
        page = self._templates.get_template("problem.html").render(
            user=None, token=None, kind=kind, **{"tables": (), **values}
        )
        return HTMLResponse(page, status)


def create_app(options: PageOptions, readers: Readers, audit: AuditLog) -> Starlette:
    """The page as an ASGI application."""
    page = CustomerPage(options, readers, audit)
    middleware = [Middleware(SecureResponses, problem=page.problem)]
    if not options.users:
        # Without a sign-in, a foreign web page must not reach this one by a DNS name of its own.
        hosts = ["127.0.0.1", "localhost", "[::1]", options.host]
        middleware.append(Middleware(TrustedHostMiddleware, allowed_hosts=hosts))
    expected = (
        HTTPException,
        NotSignedInError,
        WarehouseMissingError,
        WarehouseUnavailableError,
        AuditFailedError,
    )
    return Starlette(
        routes=page.routes(),
        middleware=middleware,
        exception_handlers=dict.fromkeys(expected, page.problem),
    )
