"""The web shop: who comes, from where, and how far they go."""

from __future__ import annotations

from generator.channels.ads import Ads
from generator.channels.web_tracking import SPEC, Session, Tracking
from generator.clock import DAY_MS, within_day
from generator.company import CampaignVisit, Company, Order
from generator.dirt import DIRT
from generator.draws import pick
from generator.people import Browser, Person, new_cookie
from generator.vocabulary import KIOSK_USER_AGENT, SEARCH_TERMS

SESSIONS_PER_PERSON_DAY = 0.0248
MAX_VIEWS = 9
SEES_ANOTHER = 0.55
SEES_CATEGORY = 0.4
SEARCHES = 0.2
ADDS_PRODUCT = 0.15
ADDS_TWO = 0.15
CHECKS_OUT = 0.5
ORDERS = 0.62
LOGS_IN_PART_WAY = 0.4
LOGS_IN_AT_KIOSK = 0.6
SIGNS_UP = 0.2
STAYS_LOGGED_IN = 0.6
COOKIE_EXPIRES = 0.06
# Browsers forget a cookie that was not seen for this long.
COOKIE_LIFE_MS = 30 * DAY_MS
KIOSKS = 2
MIN_KIOSK_SESSIONS_A_DAY = 3.0
# Where the visits come from that no message led to, in hundredths.
_SOURCES = (
    *("direct",) * 36,
    *("organic",) * 34,
    *("ad",) * 17,
    *("social",) * 8,
    *("blog",) * 5,
)
_REFERRERS = {
    "direct": "",
    "organic": "https://www.google.com/",
    "social": "https://www.instagram.com/",
    "blog": "https://www.wanderblog.example/winter-boots-compared",
}
_NEVER = -1


class Web:
    """The web shop, and the kiosks that show it in stores."""

    def __init__(self, company: Company, ads: Ads) -> None:
        self._company = company
        self._ads = ads
        self._rng = company.plan.stream("web")
        self._tracking = Tracking(company)
        kiosks = company.plan.common_stream("kiosks")
        self._kiosks = [
            (store, Browser(KIOSK_USER_AGENT, f"10.255.0.{number}", new_cookie(kiosks)))
            for number, store in enumerate(kiosks.sample(company.stores, KIOSKS), start=1)
        ]

    def run(self, day: int) -> None:
        """All sessions of a day."""
        company, rng = self._company, self._rng
        sessions = company.everyone.size() * SESSIONS_PER_PERSON_DAY
        for person in company.everyone.draw(rng, sessions):
            at = within_day(day, person.country.zone, company.local_second(rng))
            self._visit(at, person)
        for visit in company.visits.pop(day, []):
            self._visit_campaign(visit)
        self._run_kiosks(day, sessions)

    def _run_kiosks(self, day: int, sessions: float) -> None:
        rng = self._rng
        each = max(MIN_KIOSK_SESSIONS_A_DAY, sessions * DIRT["kiosk_cookie"].rate / KIOSKS)
        for store, browser in self._kiosks:
            for person in self._company.customers.draw(rng, each):
                at = within_day(day, store.country.zone, rng.uniform(10, 19) * 3600)
                logs_in = person.account_id is not None and rng.random() < LOGS_IN_AT_KIOSK
                truth = person.person_id if logs_in else ""
                session = self._tracking.start(at, person, browser, truth)
                self._tracking.page(session, "/", "Nordpfad")
                self._look_round(session, 0 if logs_in else _NEVER)
                self._company.dirt.count("kiosk_cookie", SPEC.entity)

    def _visit(self, at: int, person: Person) -> None:
        rng, tracking = self._rng, self._tracking
        source = pick(rng, _SOURCES)
        session = tracking.start(at, person, self._browser(person, at), person.person_id)
        product = person.interest(rng, self._company.catalogue)
        if source == "ad":
            ad = self._ads.click(at - rng.randrange(500, 4_000), person, product)
            session.context["campaign"] = _campaign(ad.source, ad.medium, ad.campaign)
            session.referrer = f"https://www.{ad.source}.com/"
            path = f"/p/{product.slug}?{ad.query}"
            tracking.page(session, path, product.name, {"click_id": ad.click_id})
            tracking.view(session, product)
        else:
            session.referrer = _REFERRERS[source]
            if source == "organic":
                tracking.page(session, f"/p/{product.slug}", product.name)
                tracking.view(session, product)
            else:
                tracking.page(session, "/", "Nordpfad")
        self._shop(session)

    def _visit_campaign(self, visit: CampaignVisit) -> None:
        person, medium = visit.person, visit.medium
        browser = self._browser(person, visit.at)
        session = self._tracking.start(visit.at, person, browser, person.person_id)
        source = "newsletter" if medium == "email" else "app"
        session.context["campaign"] = _campaign(source, medium, visit.campaign)
        query = f"utm_source={source}&utm_medium={medium}&utm_campaign={visit.campaign}"
        self._tracking.page(session, f"/sale?{query}", "Sale")
        self._shop(session)

    def _browser(self, person: Person, at: int) -> Browser:
        rng = self._rng
        browser = pick(rng, person.browsers)
        forgotten = browser.last_used and at - browser.last_used > COOKIE_LIFE_MS
        if forgotten or rng.random() < COOKIE_EXPIRES:
            browser.cookie = new_cookie(rng)
            browser.logged_in = None
        browser.last_used = at
        return browser

    def _shop(self, session: Session) -> None:
        """From the landing page to wherever the visit ends."""
        rng = self._rng
        can_log_in = session.person.account_id is not None and session.account_id is None
        logs_in = can_log_in and rng.random() < LOGS_IN_PART_WAY
        self._look_round(session, rng.randrange(3) if logs_in else _NEVER)
        if session.basket and rng.random() < CHECKS_OUT:
            self._check_out(session)
        elif session.person.wants_account and rng.random() < SIGNS_UP:
            self._sign_up(session)
        stays = session.account_id is not None and rng.random() < STAYS_LOGGED_IN
        session.browser.logged_in = session.account_id if stays else None

    def _look_round(self, session: Session, log_in_after: int) -> None:
        rng, tracking = self._rng, self._tracking
        for number in range(MAX_VIEWS):
            product = session.person.interest(rng, self._company.catalogue)
            if rng.random() < SEES_CATEGORY:
                self._list_products(session, product.category)
            tracking.view(session, product)
            if number == log_in_after:
                self._log_in(session)
            if rng.random() < ADDS_PRODUCT:
                tracking.add(session, product, 2 if rng.random() < ADDS_TWO else 1)
            if rng.random() >= SEES_ANOTHER and number >= log_in_after:
                break

    def _list_products(self, session: Session, category: str) -> None:
        if self._rng.random() < SEARCHES:
            term = pick(self._rng, SEARCH_TERMS)
            path = f"/search?q={term.replace(' ', '+')}"
            self._tracking.page(session, path, f"Search: {term}")
        else:
            path = f"/c/{category.lower().replace(' ', '-')}"
            self._tracking.page(session, path, category, {"category": category})

    def _check_out(self, session: Session) -> None:
        tracking, person = self._tracking, session.person
        tracking.page(session, "/cart", "Your basket")
        tracking.start_checkout(session)
        if not person.is_customer or self._rng.random() >= ORDERS:
            return
        if person.wants_account:
            self._sign_up(session)
        elif session.account_id is None and person.account_id is not None:
            self._log_in(session)
        elif session.account_id is None:
            tracking.identify(session)
        order_id = self._company.new_order_id()
        tracking.complete_order(session, order_id)
        self._company.news.orders.append(Order(session.now, order_id, person))

    def _log_in(self, session: Session) -> None:
        session.account_id = session.person.account_id
        self._tracking.identify(session)

    def _sign_up(self, session: Session) -> None:
        person = session.person
        self._company.population.open_account(person)
        session.account_id = person.account_id
        self._tracking.sign_up(session)
        self._tracking.identify(session)
        self._company.news.sign_ups.append((session.now, person))


def _campaign(source: str, medium: str, name: str) -> dict[str, str]:
    return {"source": source, "medium": medium, "name": name}
