"""Consent, as forms, the app and the shops record it."""

from __future__ import annotations

from dataclasses import dataclass

from generator.clock import DAY_MS, MINUTE_MS, iso_local
from generator.company import Company
from generator.dirt import Spoiling
from generator.feed import FeedSpec
from generator.geography import HOME_COUNTRY
from generator.people import AppDevice, Person

GRANTS_PUSH = 0.75
GRANTS_SMS = 0.15
ANSWERS_ABOUT_ADS = 0.7
GRANTS_ADS = 0.6
WITHDRAWALS_PER_CUSTOMER_DAY = 0.0004
SPEC = FeedSpec(
    entity="consent/records",
    key="consent_id",
    columns=(
        "consent_id",
        "identifier_type",
        "identifier_value",
        "channel",
        "purpose",
        "status",
        "source",
        "proof",
        "recorded_at",
    ),
    days_per_file=7,
    spoilings=(Spoiling("impossible_date", ("recorded_at",), "31.02.2026"),),
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What somebody agreed to or refused, for one of the ways to reach them."""

    identifier_type: str
    identifier_value: str
    channel: str
    status: str
    source: str
    purpose: str = "marketing"


class Consent:
    """The consent records."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("consent")
        self._feed = company.exports.feed(SPEC)
        self._devices_asked: set[str] = set()
        before = company.plan.first_day * DAY_MS
        for person in company.population.customers:
            if person.account_id:
                self._ask(before - self._rng.randrange(1, 900 * DAY_MS), person)

    def run(self, day: int) -> None:
        """What was granted and withdrawn on a day."""
        company, rng = self._company, self._rng
        for at, person in company.news.sign_ups:
            self._ask(at + MINUTE_MS, person)
        for at, person in company.news.unsubscriptions:
            self._record_email(at + MINUTE_MS, person, "withdrawn", "unsubscribe link")
        for at, person in company.news.installs:
            self._ask_devices(at, person)
        expected = company.customers.size() * WITHDRAWALS_PER_CUSTOMER_DAY
        for person in company.customers.draw(rng, expected):
            if person.account_id:
                self._withdraw(day * DAY_MS + rng.randrange(DAY_MS), person)

    def _ask(self, at: int, person: Person) -> None:
        rng, dirt = self._rng, self._company.dirt
        if person.subscribed_email is not None:
            self._record_email(at, person, "granted", "sign-up form")
        if rng.random() < GRANTS_SMS:
            phone = dirt.write_phone(rng, person.phone, HOME_COUNTRY, SPEC.entity)
            answer = _Answer("phone", phone, "sms", "granted", "store form")
            self._record(at, person, answer)
        if rng.random() < ANSWERS_ABOUT_ADS:
            email = dirt.vary_email(rng, person.email, SPEC.entity)
            status = "granted" if rng.random() < GRANTS_ADS else "withdrawn"
            answer = _Answer("email", email, "ads", status, "cookie banner", "personalisation")
            self._record(at, person, answer)
        self._ask_devices(at, person)

    def _ask_devices(self, at: int, person: Person) -> None:
        for device in person.devices:
            if device.device_id not in self._devices_asked:
                self._devices_asked.add(device.device_id)
                status = "granted" if self._rng.random() < GRANTS_PUSH else "withdrawn"
                self._record_device(at, person, device, status)

    def _withdraw(self, at: int, person: Person) -> None:
        if person.devices and self._rng.random() < 0.5:
            self._record_device(at, person, person.devices[-1], "withdrawn")
        elif person.subscribed_email is not None:
            person.subscribed_email = None
            self._record_email(at, person, "withdrawn", "support")

    def _record_email(self, at: int, person: Person, status: str, source: str) -> None:
        email = self._company.dirt.vary_email(self._rng, person.email, SPEC.entity)
        self._record(at, person, _Answer("email", email, "email", status, source))

    def _record_device(self, at: int, person: Person, device: AppDevice, status: str) -> None:
        answer = _Answer("device", device.device_id, "push", status, "app settings")
        self._record(at, person, answer)

    def _record(self, at: int, person: Person, answer: _Answer) -> None:
        row = {
            "consent_id": f"cn-{self._rng.randbytes(9).hex()}",
            "identifier_type": answer.identifier_type,
            "identifier_value": answer.identifier_value,
            "channel": answer.channel,
            "purpose": answer.purpose,
            "status": answer.status,
            "source": answer.source,
            "proof": f"form:{answer.source.replace(' ', '-')}:v{1 + at // DAY_MS % 4}",
            "recorded_at": iso_local(at, person.country.zone),
        }
        self._feed.deliver(at, row, person.person_id)
