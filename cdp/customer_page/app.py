"""Routes: sign in, search, and the pages of one person."""

from __future__ import annotations

import hmac
import logging
import re
import traceback
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
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cdp.customer_page.audit import AuditLog
from cdp.customer_page.options import PageOptions
from cdp.customer_page.person import Customers, moment, span
from cdp.customer_page.reader import (
    Readers,
    WarehouseMissingError,
    WarehouseUnavailableError,
)
from cdp.customer_page.search import MOST_FOUND, Found, search
from cdp.customer_page.sessions import (
    COOKIE,
    LONGEST_SECONDS,
    Session,
    SessionSigner,
    fingerprint_of,
)
from cdp.customer_page.users import (
    FAILURE_WINDOW_SECONDS,
    SignInLimit,
    User,
    authenticate,
)

log = logging.getLogger("cdp.customer_page")
FOLDER = Path(__file__).parent
LONGEST_FORM = 4096
PROFILE_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
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
VIEWS = {
    "overview": "Overview",
    "timeline": "Timeline",
    "identity": "Identity",
    "traits": "Traits",
}
Answer = TypeVar("Answer", bound=Response)


@dataclass(frozen=True)
class Visit:
    """Who asks, and the session that the answer goes on with."""

    user: User
    session: Session


class NotSignedInError(Exception):
    """Nobody is signed in, and somebody has to be."""


class AuditFailedError(RuntimeError):
    """A look-up could not be recorded, so it is not answered."""


class CustomerPage:
    """Handlers of all routes.

    Args:
        options: How the page is served.
        readers: Opens the warehouse.
        audit: Records look-ups.
    """

    def __init__(self, options: PageOptions, readers: Readers, audit: AuditLog) -> None:
        self._options = options
        self._readers = readers
        self._audit = audit
        self._signer = SessionSigner(options.secret)
        self._limit = SignInLimit()
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(moment=moment, words=lambda name: name.replace("_", " "))
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
        return self._page(request, "home.html", self._visit(request))

    async def sign_in(self, request: Request) -> Response:
        """The form, and what it sends; five failures a quarter of an hour, by name and address."""
        if not self._options.users:
            return RedirectResponse("/", 303)
        session = self._session(request) or Session.begin()
        visit = Visit(User("", self._options.local_user.role, ""), session)
        if request.method == "GET":
            return self._page(request, "sign_in.html", visit, problem=None)
        form = await self._form(request, session)
        name, password = form.get("name", "")[:200], form.get("password", "")[:1000]
        address = request.client.host if request.client else ""
        keys = (f"name {name}", f"address {address}")
        if not self._limit.take(*keys):
            minutes = int(FAILURE_WINDOW_SECONDS // 60)
            problem = f"Too many attempts. Try again in {minutes} minutes."
            answer = self._page(request, "sign_in.html", visit, 429, problem=problem)
            answer.headers["Retry-After"] = str(int(FAILURE_WINDOW_SECONDS))
            return answer
        user = await run_in_threadpool(authenticate, self._options.users, name, password)
        if user is None:
            problem = "Name or password is wrong."
            return self._page(request, "sign_in.html", visit, 401, problem=problem)
        self._limit.forgive(*keys)
        # A session of its own, so that a cookie planted before is worth nothing.
        return self._with_cookie(request, RedirectResponse("/", 303), Session.begin(user))

    async def sign_out(self, request: Request) -> Response:
        """End the session of this browser."""
        await self._form(request, self._visit(request).session)
        answer = RedirectResponse("/sign-in" if self._options.users else "/", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def search(self, request: Request) -> Response:
        """One person, or those that may be meant. A form, for an address would be kept in logs."""
        visit = self._visit(request)
        term = (await self._form(request, visit.session)).get("term", "").strip()
        if not term:
            return RedirectResponse("/", 303)
        found = await run_in_threadpool(self._search, visit.user, term)
        if len(found) == 1 and found[0].how != "shared":
            answer: Response = RedirectResponse(f"/customers/{found[0].profile_id}", 303)
        else:
            # What was typed is not shown again to who is to see no identifiers.
            shown_term = term if visit.user.role.sees_identifiers else None
            answer = self._page(
                request,
                "found.html",
                visit,
                200 if found else 404,
                found=found[:MOST_FOUND],
                has_more=len(found) > MOST_FOUND,
                term=shown_term,
            )
        return answer

    async def customer(self, request: Request) -> Response:
        """One page of one person."""
        visit = self._visit(request)
        view = request.path_params.get("view", "overview")
        asked = request.path_params["profile_id"]
        if view not in VIEWS or not PROFILE_ID.fullmatch(asked):
            raise HTTPException(404)
        values = await run_in_threadpool(self._customer, visit.user, asked, view, request)
        if values is None:
            raise HTTPException(404)
        if values["profile_id"] != asked:
            # Old ids lead to the person for ever.
            return RedirectResponse(f"/customers/{values['profile_id']}/{view}", 303)
        return self._page(request, f"{view}.html", visit, **values)

    def _search(self, user: User, term: str) -> list[Found]:
        with self._readers.open() as reader:
            people = Customers(reader, user.role.sees_identifiers)
            found = search(reader, people.masker, list(people.types), term)
        self._record(user, "search", [each.profile_id for each in found[:MOST_FOUND]], term)
        return found

    def _customer(
        self, user: User, asked: str, view: str, request: Request
    ) -> dict[str, Any] | None:
        with self._readers.open() as reader:
            people = Customers(reader, user.role.sees_identifiers)
            profile_id = people.living_profile(asked)
            if profile_id is None or profile_id != asked:
                return {"profile_id": profile_id} if profile_id else None
            self._record(user, view, [profile_id])
            values: dict[str, Any] = {
                "profile_id": profile_id,
                "view": view,
                "head": people.head(profile_id),
                "read_at": reader.read_at,
                "is_masked": not user.role.sees_identifiers,
            }
            if view == "overview":
                for part in ("golden_record", "devices", "lifecycle", "consents", "suppressions"):
                    values[part] = getattr(people, part)(profile_id)
                for part in ("audiences", "offers", "outcomes"):
                    values[part] = getattr(people, part)(profile_id)
            elif view == "timeline":
                page = request.query_params.get("page", "1")
                values["timeline"] = people.timeline(
                    profile_id,
                    request.query_params.get("channel", ""),
                    int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,
                )
            elif view == "identity":
                values["identity"] = people.identity(profile_id)
            else:
                values["traits"] = people.traits(profile_id)
            return values

    def _record(
        self, user: User, view: str, profile_ids: list[str], searched: str | None = None
    ) -> None:
        try:
            self._audit.record(user, view, profile_ids, searched)
        except Exception as error:
            raise AuditFailedError from error

    def _session(self, request: Request) -> Session | None:
        return self._signer.read(request.cookies.get(COOKIE, ""))

    def _visit(self, request: Request) -> Visit:
        session = self._session(request)
        if not self._options.users:
            return Visit(self._options.local_user, session or Session.begin())
        user = self._options.users.get(session.user_name) if session else None
        if session is None or user is None or session.fingerprint != fingerprint_of(user):
            raise NotSignedInError
        return Visit(user, session)

    async def _form(self, request: Request, session: Session) -> dict[str, str]:
        """Fields of a form of ours; raises 403 where another site may have sent it."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_FORM:
                raise HTTPException(413)
        sent = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
        fields = {name: values[-1] for name, values in sent.items()}
        if not hmac.compare_digest(fields.get("token", "").encode(), session.token.encode()):
            raise HTTPException(403)
        return fields

    def _page(
        self, request: Request, template: str, visit: Visit, status: int = 200, **values: Any
    ) -> HTMLResponse:
        page = self._templates.get_template(template).render(
            user=visit.user, token=visit.session.token, **values
        )
        answer = HTMLResponse(page, status)
        return self._with_cookie(request, answer, visit.session)

    def _with_cookie(self, request: Request, answer: Answer, session: Session) -> Answer:
        answer.set_cookie(
            COOKIE,
            self._signer.write(session),
            max_age=LONGEST_SECONDS,
            secure=request.url.scheme == "https" or not self._options.is_local,
            httponly=True,
            samesite="strict",
        )
        return answer

    async def problem(self, request: Request, error: Exception) -> Response:
        """A friendly page for whatever went wrong; never what was asked for or found."""
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


class Shell:
    """Puts `HEADERS` on every answer, and answers what nobody expected without a word of it.

    The message of such an error may repeat values of the data, so the log gets its place alone.
    """

    def __init__(self, app: ASGIApp, page: CustomerPage) -> None:
        self._app = app
        self._page = page

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
                answer = await self._page.problem(Request(scope), error)
                await answer(scope, receive, send_with_headers)


def create_app(options: PageOptions, readers: Readers, audit: AuditLog) -> Starlette:
    """The page as an ASGI application."""
    page = CustomerPage(options, readers, audit)
    middleware = [Middleware(Shell, page=page)]
    if not options.users:
        # Without a sign-in a web page elsewhere must not reach this one by a name of its own.
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
