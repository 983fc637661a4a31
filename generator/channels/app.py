"""The app's event stream, with location pings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.catalogue import Product
from generator.clock import DAY_MS, HOUR_MS, MINUTE_MS, iso_local, iso_utc, week_name, within_day
from generator.company import CampaignVisit, Company, Order
from generator.dirt import DIRT, Spoiling
from generator.draws import pick, poisson
from generator.feed import FeedSpec
from generator.geography import moved
from generator.people import AppDevice, Person, new_device, new_push_token

SESSIONS_PER_USER_DAY = 0.07
PINGS_PER_USER_DAY = 0.3
NEAR_A_STORE = 0.65
NEW_DEVICE_PER_USER_DAY = 0.0008
NEW_PUSH_TOKEN = 0.01
LOGS_IN = 0.1
ADDS_PRODUCT = 0.1
ORDERS = 0.04
PUSH_EVERY_DAYS = 7
PUSH_ARRIVES = 0.65
OPENS_PUSH = 0.08
FOLLOWS_PUSH = 0.3

SPEC = FeedSpec(
    entity="app/events",
    key="event_id",
    gzip_every=5,
    spoilings=(
        Spoiling("wrong_number", ("location", "latitude"), "N/A"),
        Spoiling("wrong_number", ("properties", "price"), "abc"),
        Spoiling("impossible_date", ("occurred_at",), "2026-02-31T25:00:00+01:00"),
        Spoiling("negative_quantity", ("properties", "quantity"), -2),
    ),
)


@dataclass(frozen=True, slots=True)
class _User:
    """Somebody using the app on a device; `truth` is empty where nobody can be named."""

    person: Person
    device: AppDevice
    truth: str


class App:
    """The retailer's app on people's phones, and on a tablet in each of a few stores."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("app")
        self._feed = company.exports.feed(SPEC)
        tablets = company.plan.common_stream("tablets")
        self._tablets = [(store, new_device(tablets)) for store in company.stores[:2]]

    def run(self, day: int) -> None:
        """All sessions, pushes and pings of a day."""
        users, rng = self._company.population.app_users, self._rng
        if not users:
            return
        for person in self._draw(users, SESSIONS_PER_USER_DAY):
            at = within_day(day, person.country.zone, self._company.local_second(rng))
            self._session(at, _User(person, self._device(person), person.person_id))
        for person in self._draw(users, PINGS_PER_USER_DAY):
            self._ping(
                within_day(day, person.country.zone, rng.triangular(8, 21, 18.5) * 3600), person
            )
        for person in self._draw(users, NEW_DEVICE_PER_USER_DAY):
            person.devices.append(new_device(rng))
            self._company.news.installs.append((day * DAY_MS + rng.randrange(DAY_MS), person))
        if (day - self._company.plan.first_day) % PUSH_EVERY_DAYS == 2:
            self._push(day, users)
        self._run_tablets(day, users)

    def _draw(self, users: list[Person], per_user: float) -> list[Person]:
        rng = self._rng
        count = poisson(rng, len(users) * per_user)
        return [pick(rng, users) for _ in range(count)]

    def _run_tablets(self, day: int, users: list[Person]) -> None:
        rng = self._rng
        share = DIRT["kiosk_device"].rate
        for store, tablet in self._tablets:
            for person in self._draw(users, SESSIONS_PER_USER_DAY * share):
                tablet.logged_in = rng.random() < 0.6
                truth = person.person_id if tablet.logged_in else ""
                at = within_day(day, store.country.zone, rng.uniform(10, 19) * 3600)
                self._company.dirt.count("kiosk_device", SPEC.entity)
                self._session(at, _User(person, tablet, truth))

    def _device(self, person: Person) -> AppDevice:
        rng = self._rng
        device = person.devices[-1] if rng.random() < 0.8 else rng.choice(person.devices)
        if device.push_token and rng.random() < NEW_PUSH_TOKEN:
            device.push_token = new_push_token(rng, device.platform)
        return device

    def _session(self, at: int, user: _User) -> None:
        rng = self._rng
        person, device = user.person, user.device
        at = self._emit(at, "app_opened", user)
        for _ in range(1 + int(rng.expovariate(0.7))):
            product = person.interest(rng, self._company.catalogue)
            person.look_at(product)
            at = self._emit(at, "product_viewed", user, properties=_priced(product, person))
            if rng.random() < ADDS_PRODUCT:
                properties = {**_priced(product, person), "quantity": 1}
                at = self._emit(at, "product_added", user, properties=properties)
            if not device.logged_in and user.truth and rng.random() < LOGS_IN:
                device.logged_in = True
            if device.logged_in and user.truth and rng.random() < ORDERS:
                at = self._order(at, product, user)

    def _order(self, at: int, product: Product, user: _User) -> int:
        order_id = self._company.new_order_id()
        properties = _priced(product, user.person)
        properties |= {"quantity": 1, "order_id": order_id, "total": properties["price"]}
        at = self._emit(at, "order_completed", user, properties=properties)
        self._company.news.orders.append(Order(at, order_id, user.person))
        return at

    def _push(self, day: int, users: list[Person]) -> None:
        rng = self._rng
        campaign = f"PUSH-{week_name(day)}"
        for person in users:
            for device in person.devices:
                if device.push_token is None or rng.random() >= PUSH_ARRIVES:
                    continue
                at = day * DAY_MS + 16 * HOUR_MS + rng.randrange(5 * MINUTE_MS)
                user = _User(person, device, person.person_id)
                properties = {"campaign_id": campaign}
                self._emit(at, "push_received", user, properties=properties)
                if rng.random() < OPENS_PUSH:
                    at += rng.randrange(HOUR_MS)
                    self._emit(at, "push_opened", user, properties=properties)
                    if rng.random() < FOLLOWS_PUSH:
                        visit = CampaignVisit(at + MINUTE_MS, person, "push", campaign)
                        self._company.visits[visit.at // DAY_MS].append(visit)

    def _ping(self, at: int, person: Person) -> None:
        rng = self._rng
        if rng.random() < NEAR_A_STORE:
            # Most people walk past; some are far enough away to count as elsewhere.
            reach = rng.expovariate(1 / 180)
            centre = (person.store.latitude, person.store.longitude)
        else:
            reach = rng.expovariate(1 / 2500)
            centre = person.home
        north, east = (2 * rng.random() - 1) * reach, (2 * rng.random() - 1) * reach
        latitude, longitude = moved(*centre, north, east)
        location = {
            "latitude": latitude,
            "longitude": longitude,
            "accuracy_metres": round(rng.uniform(4, 65), 1),
        }
        user = _User(person, person.devices[-1], person.person_id)
        self._emit(at, "location_ping", user, location=location)

    def _emit(
        self,
        at: int,
        event_name: str,
        user: _User,
        *,
        properties: dict[str, Any] | None = None,
        location: dict[str, float] | None = None,
    ) -> int:
        rng = self._rng
        person, device = user.person, user.device
        received = at + 200 + int(rng.random() * 9_000)
        if self._company.dirt.happens(rng, "sent_later", SPEC.entity):
            received += rng.randrange(10 * MINUTE_MS, DAY_MS)
        row: dict[str, Any] = {
            "event_id": rng.randbytes(16).hex(),
            "device_id": device.device_id,
            "account_id": person.account_id if device.logged_in else None,
            "event_name": event_name,
            "occurred_at": iso_local(at, person.country.zone),
            "received_at": iso_utc(received),
            "platform": device.platform,
            "app_version": device.app_version,
            "push_token": device.push_token,
            "properties": properties or {},
        }
        if location:
            row["location"] = location
        self._feed.deliver(received, row, user.truth)
        return at + 3_000 + int(rng.random() * 87_000)


def _priced(product: Product, person: Person) -> dict[str, Any]:
    currency = person.country.currency
    return {
        "product_id": product.product_id,
        "price": product.price_in(currency),
        "currency": currency,
    }
