"""What the email service reports about each message it sent."""

from __future__ import annotations

from dataclasses import dataclass

from generator.catalogue import SHOP
from generator.clock import DAY_MS, HOUR_MS, MINUTE_MS, utc_text, week_name
from generator.company import CampaignVisit, Company
from generator.dirt import Spoiling
from generator.feed import FeedSpec
from generator.people import Person

CAMPAIGN_EVERY_DAYS = 10
BOUNCES = 0.012
HARD_BOUNCES = 0.4
OPENS = 0.27
OPENS_AGAIN = 0.25
CLICKS = 0.16
UNSUBSCRIBES = 0.006
COMPLAINS = 0.0006

_CAMPAIGNS = (
    ("Newsletter {week}", "Neu eingetroffen: Winterstiefel", "newsletter"),
    ("Sale, jackets {week}", "Up to 30% off jackets, this week only", "sale_jackets"),
    ("Trail stories {week}", 'Five "easy" trails for October', "trail_stories"),
    ("Member days {week}", "Doppelte Punkte für alle", "member_days"),
)
SPEC = FeedSpec(
    entity="email/events",
    key="event_id",
    columns=(
        "event_id",
        "event_type",
        "email",
        "campaign_id",
        "campaign_name",
        "occurred_at",
        "link_url",
        "bounce_type",
    ),
    late_columns=("subject",),
    spoilings=(
        Spoiling("impossible_date", ("occurred_at",), "31.02.2026 25:61"),
        Spoiling("impossible_date", ("occurred_at",), "0000-00-00 00:00:00"),
    ),
)


@dataclass(frozen=True, slots=True)
class _Campaign:
    campaign_id: str
    name: str
    subject: str
    utm: str


class Email:
    """The email service: a newsletter every so many days, and what becomes of it."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("email")
        self._feed = company.exports.feed(SPEC)

    def run(self, day: int) -> None:
        """Send the newsletter if it is due."""
        number, rest = divmod(day - self._company.plan.first_day, CAMPAIGN_EVERY_DAYS)
        if rest:
            return
        name, subject, utm = _CAMPAIGNS[number % len(_CAMPAIGNS)]
        week = week_name(day)
        campaign = _Campaign(f"EM-{week}", name.format(week=week), subject, f"{utm}_{week}")
        starts = day * DAY_MS + 7 * HOUR_MS
        for person in self._company.population.customers:
            if person.subscribed_email is not None:
                at = starts + self._rng.randrange(40 * MINUTE_MS)
                self._send(at, person, person.subscribed_email, campaign)

    def _send(self, at: int, person: Person, address: str, campaign: _Campaign) -> None:
        rng = self._rng
        self._emit(at, "sent", person, address, campaign)
        at += rng.randrange(1_000, 90_000)
        if rng.random() < BOUNCES:
            hard = rng.random() < HARD_BOUNCES
            kind = "hard" if hard else "soft"
            self._emit(at, "bounced", person, address, campaign, bounce_type=kind)
            if hard:
                person.subscribed_email = None
            return
        self._emit(at, "delivered", person, address, campaign)
        if rng.random() < OPENS:
            self._open(at, person, address, campaign)

    def _open(self, at: int, person: Person, address: str, campaign: _Campaign) -> None:
        rng = self._rng
        at += int(rng.lognormvariate(1.2, 1.3) * HOUR_MS)
        self._emit(at, "opened", person, address, campaign)
        if rng.random() < OPENS_AGAIN:
            again = at + rng.randrange(MINUTE_MS, 30 * HOUR_MS)
            self._emit(again, "opened", person, address, campaign)
        at += rng.randrange(4_000, 120_000)
        draw = rng.random()
        if draw < CLICKS:
            query = f"utm_source=newsletter&utm_medium=email&utm_campaign={campaign.utm}"
            link = f"{SHOP}/sale?{query}"
            self._emit(at, "clicked", person, address, campaign, link_url=link)
            visit = CampaignVisit(at + 2_000, person, "email", campaign.utm)
            self._company.visits[visit.at // DAY_MS].append(visit)
        elif draw < CLICKS + UNSUBSCRIBES / OPENS:
            self._leave(at, "unsubscribed", person, address, campaign)
        elif draw < CLICKS + (UNSUBSCRIBES + COMPLAINS) / OPENS:
            self._leave(at, "complained", person, address, campaign)

    def _leave(self, at: int, how: str, person: Person, address: str, campaign: _Campaign) -> None:
        self._emit(at, how, person, address, campaign)
        person.subscribed_email = None
        self._company.news.unsubscriptions.append((at, person))

    def _emit(
        self,
        at: int,
        event_type: str,
        person: Person,
        address: str,
        campaign: _Campaign,
        *,
        link_url: str | None = None,
        bounce_type: str | None = None,
    ) -> None:
        row = {
            "event_id": f"em-{self._rng.randbytes(12).hex()}",
            "event_type": event_type,
            "email": address,
            "campaign_id": campaign.campaign_id,
            "campaign_name": campaign.name,
            "occurred_at": utc_text(at),
            "link_url": link_url,
            "bounce_type": bounce_type,
            "subject": campaign.subject,
        }
        self._feed.deliver(at, row, person.person_id)
