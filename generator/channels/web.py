"""The web shop's event stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from generator.catalogue import SHOP, Product
from generator.channels.ads import Ads
from generator.clock import DAY_MS, HOUR_MS, iso_local, iso_utc, within_day
from generator.company import Company, Order
from generator.dirt import DIRT, Spoiling
from generator.geography import HOME_COUNTRY
from generator.output import FeedSpec
from generator.people import Browser, Person, new_cookie
from generator.vocabulary import KIOSK_USER_AGENT, SEARCH_TERMS

SESSIONS_PER_PERSON_DAY = 0.0285
KIOSKS = 3
LOGGED_IN_ALREADY = 0.5
LOGS_IN_PART_WAY = 0.22
SIGNS_UP = 0.2
SEES_CATEGORY = 0.4
ADDS_PRODUCT = 0.15
CHECKS_OUT = 0.5
ORDERS = 0.62
COOKIE_EXPIRES = 0.06
# Browsers forget a cookie that was not seen for this long.
COOKIE_LIFE_MS = 30 * DAY_MS
# Events that were kept on a phone without reception and sent hours or days later.
OFFLINE = 0.004
# Of the visits that no message led to.
_SOURCES = ("direct", "organic", "ad", "social", "referral")
_SOURCE_WEIGHTS = (36, 34, 17, 8, 5)
_CONSENT_STRINGS = (
    "CQaAAAAQaAAAAAGABBENBzFgAP_gAEPgAAqIJ1NX",
    "CQbBBBBQbBBBBBGABBDEBzFgAAAAAAAAAAAAJ1NX",
)

SPEC = FeedSpec(
    entity="web/events",
    key="message_id",
    gzip_every=3,
    spoilings=(
        Spoiling("wrong_number", ("properties", "price"), "abc"),
        Spoiling("wrong_number", ("properties", "total"), "12,50 EUR"),
        Spoiling("impossible_date", ("timestamp",), "31.02.2026"),
        Spoiling("negative_quantity", ("properties", "quantity"), -1),
    ),
)


@dataclass(slots=True)
class Session:
    """One visit while it goes on.

    Attributes:
        now: Instant of the last event.
        truth: The person of its records, empty where nobody can be named.
        context: What all its events say about the browser.
        basket: Products and quantities added so far.
        landing: Page it began on.
    """

    now: int
    person: Person
    truth: str
    browser: Browser
    context: dict[str, Any]
    offline_for: int
    account_id: str | None = None
    referrer: str = ""
    url: str = ""
    basket: list[tuple[Product, int]] = field(default_factory=list)
    events: int = 0


class Web:
    """The web shop, and the kiosks that show it in stores."""

    def __init__(self, company: Company, ads: Ads) -> None:
        self._company = company
        self._ads = ads
        self._rng = company.plan.stream("web")
        self._feed = company.exports.feed(SPEC)
        self._half_way = company.plan.half_way_day * DAY_MS
        self._kiosks = [
            (store, Browser(KIOSK_USER_AGENT, f"10.77.0.{number}", new_cookie(self._rng)))
            for number, store in enumerate(self._rng.sample(company.stores, KIOSKS), start=1)
        ]

    def run(self, day: int) -> None:
        """All sessions of a day."""
        company, rng = self._company, self._rng
        sessions = company.everyone.size() * SESSIONS_PER_PERSON_DAY
        for person in company.everyone.draw(rng, sessions):
            at = within_day(day, person.country.zone, company.local_second(rng))
            self._visit(at, person)
        for visit in company.visits[day]:
            self._visit_campaign(visit.at, visit.person, visit.medium, visit.campaign)
        self._run_kiosks(day, sessions)

    def _run_kiosks(self, day: int, sessions: float) -> None:
        rng = self._rng
        each = max(1.0, sessions * DIRT["kiosk_cookie"].rate / KIOSKS)
        for store, browser in self._kiosks:
            for person in self._company.everyone.draw(rng, each):
                at = within_day(day, store.country.zone, rng.uniform(10, 19) * 3600)
                logs_in = person.account_id is not None and rng.random() < 0.5
                session = self._start(at, person, browser, person.person_id if logs_in else "")
                self._company.dirt.count("kiosk_cookie", SPEC.entity)
                self._page(session, "/", "Nordpfad", {})
                self._look_round(session, 0 if logs_in else -1)
                self._close(session)

    def _visit(self, at: int, person: Person) -> None:
        rng = self._rng
        source = rng.choices(_SOURCES, _SOURCE_WEIGHTS)[0]
        session = self._start(at, person, self._browser(person, at), person.person_id)
        product = person.interest(rng, self._company.catalogue)
        if source == "ad":
            ad = self._ads.click(at - rng.randrange(500, 4_000), person, product)
            session.context["campaign"] = _campaign(ad.source, ad.medium, ad.campaign)
            session.referrer = f"https://www.{ad.source}.com/"
            path = f"/p/{product.slug}?{ad.query}"
            self._page(session, path, product.name, {"click_id": ad.click_id})
            self._view(session, product)
        elif source == "organic":
            session.referrer = "https://www.google.com/"
            self._page(session, f"/p/{product.slug}", product.name, {})
            self._view(session, product)
        else:
            session.referrer = {
                "social": "https://www.instagram.com/",
                "referral": "https://www.wanderblog.example/",
            }.get(source, "")
            self._page(session, "/", "Nordpfad", {})
        self._shop(session)

    def _visit_campaign(self, at: int, person: Person, medium: str, campaign: str) -> None:
        session = self._start(at, person, self._browser(person, at), person.person_id)
        source = "newsletter" if medium == "email" else "app"
        session.context["campaign"] = _campaign(source, medium, campaign)
        query = f"utm_source={source}&utm_medium={medium}&utm_campaign={campaign}"
        self._page(session, f"/sale?{query}", "Sale", {})
        self._shop(session)

    def _browser(self, person: Person, at: int) -> Browser:
        rng = self._rng
        browser = person.browsers[int(rng.random() * len(person.browsers))]
        forgotten = browser.last_used and at - browser.last_used > COOKIE_LIFE_MS
        if forgotten or rng.random() < COOKIE_EXPIRES:
            browser.cookie = new_cookie(rng)
            browser.logged_in = None
        browser.last_used = at
        return browser

    def _start(self, at: int, person: Person, browser: Browser, truth: str) -> Session:
        rng = self._rng
        offline = rng.randrange(HOUR_MS, 2 * DAY_MS) if rng.random() < OFFLINE else 0
        session = Session(
            now=at,
            person=person,
            truth=truth,
            browser=browser,
            context={
                "user_agent": browser.user_agent,
                "ip": browser.ip,
                "locale": person.country.locale,
                "timezone": person.country.zone,
            },
            offline_for=offline,
        )
        if offline:
            self._company.dirt.count("late_row", SPEC.entity)
        if person.account_id and browser.logged_in == person.account_id:
            session.account_id = person.account_id
        return session

    def _shop(self, session: Session) -> None:
        """From the landing page to wherever the visit ends."""
        rng = self._rng
        can_log_in = session.person.account_id is not None and session.account_id is None
        log_in_after = rng.randrange(3) if can_log_in and rng.random() < LOGS_IN_PART_WAY else -1
        self._look_round(session, log_in_after)
        if session.basket and rng.random() < CHECKS_OUT:
            self._check_out(session)
        elif session.person.wants_account and rng.random() < SIGNS_UP:
            self._sign_up(session)
        self._close(session)

    def _look_round(self, session: Session, log_in_after: int) -> None:
        rng = self._rng
        views = 1
        while views < 9 and rng.random() < 0.55:
            views += 1
        for number in range(views):
            product = session.person.interest(rng, self._company.catalogue)
            if rng.random() < SEES_CATEGORY:
                self._list_products(session, product.category)
            self._view(session, product)
            if number == log_in_after:
                self._log_in(session)
            if rng.random() < ADDS_PRODUCT:
                self._add(session, product)

    def _list_products(self, session: Session, category: str) -> None:
        if self._rng.random() < 0.2:
            term = self._rng.choice(SEARCH_TERMS)
            self._page(session, f"/search?q={term.replace(' ', '+')}", f"Search: {term}", {})
        else:
            slug = category.lower().replace(" ", "-")
            self._page(session, f"/c/{slug}", category, {"category": category})

    def _check_out(self, session: Session) -> None:
        rng = self._rng
        self._page(session, "/cart", "Your basket", {})
        self._track(session, "Checkout Started", self._basket(session))
        if rng.random() >= ORDERS:
            return
        if session.person.wants_account:
            self._sign_up(session)
        elif session.account_id is None and session.person.account_id is not None:
            self._log_in(session)
        elif session.account_id is None:
            self._identify(session, None)
        order_id = self._company.new_order_id()
        self._track(session, "Order Completed", {"order_id": order_id, **self._basket(session)})
        product, _ = session.basket[0]
        self._company.news.orders.append(Order(session.now, order_id, session.person, product))

    def _log_in(self, session: Session) -> None:
        session.account_id = session.person.account_id
        self._identify(session, session.account_id)

    def _sign_up(self, session: Session) -> None:
        person = session.person
        self._company.population.open_account(person)
        session.account_id = person.account_id
        self._track(session, "Signed Up", {})
        self._identify(session, session.account_id)
        self._company.news.sign_ups.append((session.now, person))

    def _close(self, session: Session) -> None:
        browser, rng = session.browser, self._rng
        is_kiosk = browser.user_agent == KIOSK_USER_AGENT
        stays = session.account_id is not None and not is_kiosk and rng.random() < LOGGED_IN_ALREADY
        browser.logged_in = session.account_id if stays else None
        if browser.skew:
            self._company.dirt.count("clock_skew", SPEC.entity, session.events)
        if browser.writes_offset:
            self._company.dirt.count("mixed_time_zones", SPEC.entity, session.events)

    def _view(self, session: Session, product: Product) -> None:
        session.person.look_at(product)
        session.url = f"{SHOP}/p/{product.slug}"
        currency = session.person.country.currency
        properties = {
            "product_id": product.product_id,
            "category": product.category,
            "price": product.price_in(currency),
            "currency": currency,
        }
        self._emit(session, "track", "Product Viewed", product.name, properties)

    def _add(self, session: Session, product: Product) -> None:
        quantity = 1 if self._rng.random() < 0.85 else 2
        session.basket.append((product, quantity))
        currency = session.person.country.currency
        properties = {
            "product_id": product.product_id,
            "category": product.category,
            "price": product.price_in(currency),
            "quantity": quantity,
            "currency": currency,
        }
        self._emit(session, "track", "Product Added", product.name, properties)

    def _basket(self, session: Session) -> dict[str, Any]:
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

    def _page(self, session: Session, path: str, title: str, properties: dict[str, Any]) -> None:
        session.url = SHOP + path
        self._emit(session, "page", None, title, properties)

    def _track(self, session: Session, event: str, properties: dict[str, Any]) -> None:
        self._emit(session, "track", event, "Your basket", properties)

    def _identify(self, session: Session, account_id: str | None) -> None:
        rng, dirt, person = self._rng, self._company.dirt, session.person
        address = person.account_email if account_id and person.account_email else person.email
        traits = {"email": dirt.vary_email(rng, address, SPEC.entity)}
        if rng.random() < 0.35:
            traits["phone"] = dirt.write_phone(rng, person.phone, HOME_COUNTRY, SPEC.entity)
        self._emit(session, "identify", None, "My account", {}, traits)

    def _emit(
        self,
        session: Session,
        type_: str,
        event: str | None,
        title: str,
        properties: dict[str, Any],
        traits: dict[str, str] | None = None,
    ) -> None:
        rng, browser = self._rng, session.browser
        draw = rng.random()
        session.now = now = session.now + 1_500 + int(draw * draw * 90_000)
        session.events += 1
        sent = now + 40 + int(draw * 300) + session.offline_for
        received = sent + 60 + int(rng.random() * 1_900)
        url = session.url
        row: dict[str, Any] = {
            "message_id": f"{rng.getrandbits(128):032x}",
            "type": type_,
            "event": event,
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
            row["consent_string"] = _CONSENT_STRINGS[browser.skew == 0]
            self._company.dirt.count("column_half_way", SPEC.entity)
        session.referrer = url
        self._feed.deliver(received, row, session.truth)


def _client_time(session: Session, instant: int) -> str:
    if session.browser.writes_offset:
        return iso_local(instant, session.person.country.zone)
    return iso_utc(instant)


def _campaign(source: str, medium: str, name: str) -> dict[str, str]:
    return {"source": source, "medium": medium, "name": name}
