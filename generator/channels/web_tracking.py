"""The tracking script of the web shop: turns what a session does into events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from generator.catalogue import SHOP, Product
from generator.clock import DAY_MS, HOUR_MS, iso_local, iso_utc
from generator.company import Company
from generator.dirt import DIRT, Spoiling
from generator.feed import FeedSpec
from generator.geography import HOME_COUNTRY
from generator.people import Browser, Person

# Transparency strings: everything refused, everything granted.
_CONSENT_STRINGS = (
    "CQaAAAAQaAAAAAGABBENBzFgAAAAAAAAAAAAJ1NX",
    "CQbBBBBQbBBBBBGABBDEBzFgAP_gAEPgAAqIJ1NX",
)
_REFUSES_CONSENT = 0.3

SPEC = FeedSpec(
    entity="web/events",
    key="message_id",
    gzip_every=3,
    spoilings=(
        Spoiling("wrong_number", ("properties", "price"), "abc"),
        Spoiling("wrong_number", ("properties", "total"), "12,50 EUR"),
        Spoiling("impossible_date", ("timestamp",), "31.02.2026"),
        Spoiling("negative_quantity", ("properties", "quantity"), -1),
        Spoiling("missing_identifier", ("anonymous_id",), None),
    ),
)


@dataclass(slots=True)
class Session:
    """One visit while it goes on.

    Attributes:
        now: Instant of the last event.
        truth: The person of its records, empty where nobody can be named.
        context: What all its events say about the browser and where the visit came from.
        offline_for: Milliseconds that its events wait on the device before they are sent.
        consent_string: What the cookie banner was answered with.
        account_id: The account that is logged in.
        url: The page that is open.
        referrer: The page before it.
        basket: Products and quantities added so far.
    """

    now: int
    person: Person
    truth: str
    browser: Browser
    context: dict[str, Any]
    offline_for: int
    consent_string: str
    account_id: str | None = None
    url: str = ""
    referrer: str = ""
    basket: list[tuple[Product, int]] = field(default_factory=list)


class Tracking:
    """Writes the events of all sessions."""

    def __init__(self, company: Company) -> None:
        self._dirt = company.dirt
        self._rng = company.plan.stream("web tracking")
        self._feed = company.exports.feed(SPEC)
        self._half_way = company.plan.half_way_day * DAY_MS

    def start(self, at: int, person: Person, browser: Browser, truth: str) -> Session:
        """Begin a session in a browser, logged in if its last one was left so."""
        rng = self._rng
        context = {
            "user_agent": browser.user_agent,
            "ip": browser.ip,
            "locale": person.country.locale,
            "timezone": person.country.zone,
        }
        is_offline = rng.random() < DIRT["sent_later"].rate
        stays = person.account_id is not None and browser.logged_in == person.account_id
        return Session(
            now=at,
            person=person,
            truth=truth,
            browser=browser,
            context=context,
            offline_for=rng.randrange(HOUR_MS, 2 * DAY_MS) if is_offline else 0,
            consent_string=_CONSENT_STRINGS[rng.random() >= _REFUSES_CONSENT],
            account_id=person.account_id if stays else None,
        )

    def page(
        self, session: Session, path: str, title: str, properties: dict[str, Any] | None = None
    ) -> None:
        """Open a page."""
        session.url = SHOP + path
        self._emit(session, {"type": "page", "event": None}, title, properties or {})

    def view(self, session: Session, product: Product) -> None:
        """Open a product's page."""
        session.url = f"{SHOP}/p/{product.slug}"
        session.person.look_at(product)
        self._track(session, "Product Viewed", product.name, _described(session, product))

    def add(self, session: Session, product: Product, quantity: int) -> None:
        """Put a product into the basket."""
        session.basket.append((product, quantity))
        properties = _described(session, product) | {"quantity": quantity}
        self._track(session, "Product Added", product.name, properties)

    def start_checkout(self, session: Session) -> None:
        """Begin to pay for the basket."""
        self._track(session, "Checkout Started", "Checkout", _basket(session))

    def complete_order(self, session: Session, order_id: str) -> None:
        """Pay for the basket."""
        properties = {"order_id": order_id, **_basket(session)}
        self._track(session, "Order Completed", "Thank you", properties)

    def sign_up(self, session: Session) -> None:
        """Open an account."""
        self._track(session, "Signed Up", "My account", {})

    def identify(self, session: Session) -> None:
        """Say who it is, by account if one is logged in, else by what a guest typed."""
        rng, dirt, person = self._rng, self._dirt, session.person
        address = person.account_email if session.account_id else None
        traits = {"email": dirt.vary_email(rng, address or person.email, SPEC.entity)}
        if rng.random() < 0.35:
            traits["phone"] = dirt.write_phone(rng, person.phone, HOME_COUNTRY, SPEC.entity)
        kind = {"type": "identify", "event": None}
        self._emit(session, kind, "My account", {}, traits)

    def _track(self, session: Session, event: str, title: str, properties: dict[str, Any]) -> None:
        self._emit(session, {"type": "track", "event": event}, title, properties)

    def _emit(
        self,
        session: Session,
        kind: dict[str, str | None],
        title: str,
        properties: dict[str, Any],
        traits: dict[str, str] | None = None,
    ) -> None:
        rng, browser = self._rng, session.browser
        draw = rng.random()
        session.now = now = session.now + 1_500 + int(draw * draw * 90_000)
        sent = now + 40 + int(draw * 300) + session.offline_for
        received = sent + 60 + int(rng.random() * 1_900)
        url = session.url
        row: dict[str, Any] = {
            "message_id": rng.randbytes(16).hex(),
            **kind,
            "anonymous_id": browser.cookie,
            "user_id": session.account_id,
            "timestamp": _client_time(session, now + browser.skew),
            "sent_at": _client_time(session, sent + browser.skew),
            "received_at": iso_utc(received),
            "context": {
                "page": {
                    "url": url,
                    "path": url[len(SHOP) :].partition("?")[0],
                    "referrer": session.referrer,
                    "title": title,
                },
                **session.context,
            },
            "properties": properties,
        }
        if traits:
            row["traits"] = traits
        if received >= self._half_way:
            row["consent_string"] = session.consent_string
        session.referrer = url
        if self._feed.deliver(received, row, session.truth):
            self._count_dirt(session, received)

    def _count_dirt(self, session: Session, received: int) -> None:
        dirt, browser = self._dirt, session.browser
        if browser.skew:
            dirt.count("clock_skew", SPEC.entity)
        if browser.writes_offset:
            dirt.count("mixed_time_zones", SPEC.entity)
        if session.offline_for:
            dirt.count("sent_later", SPEC.entity)
        if received >= self._half_way:
            dirt.count("column_half_way", SPEC.entity)


def _described(session: Session, product: Product) -> dict[str, Any]:
    currency = session.person.country.currency
    return {
        "product_id": product.product_id,
        "category": product.category,
        "price": product.price_in(currency),
        "currency": currency,
    }


def _basket(session: Session) -> dict[str, Any]:
    currency = session.person.country.currency
    products = [
        {
            "product_id": product.product_id,
            "quantity": quantity,
            "price": product.price_in(currency),
        }
        for product, quantity in session.basket
    ]
    total = sum(quantity * product.price_in(currency) for product, quantity in session.basket)
    return {"total": round(total, 2), "currency": currency, "products": products}


def _client_time(session: Session, instant: int) -> str:
    if session.browser.writes_offset:
        return iso_local(instant, session.person.country.zone)
    return iso_utc(instant)
