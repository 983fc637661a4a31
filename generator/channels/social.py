"""Direct messages on social networks."""

from __future__ import annotations

from generator.clock import DAY_MS, HOUR_MS, MINUTE_MS, iso_utc
from generator.company import Company
from generator.dirt import Spoiling
from generator.feed import FeedSpec
from generator.people import Crowd
from generator.vocabulary import SOCIAL_REPLIES, SOCIAL_TEXTS

MESSAGES_PER_HANDLE_DAY = 0.012
SHARES_EMAIL = 0.3
IS_ANSWERED = 0.7
SPEC = FeedSpec(
    entity="social/messages",
    key="message_id",
    days_per_file=7,
    spoilings=(Spoiling("impossible_date", ("sent_at",), "2026-02-31T10:00:00Z"),),
)


class Social:
    """The inbox of all social networks."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("social")
        self._feed = company.exports.feed(SPEC)
        self._writers = Crowd([p for p in company.population.customers if p.handle])

    def run(self, day: int) -> None:
        """Messages of a day and the answers to them."""
        rng, dirt = self._rng, self._company.dirt
        expected = self._writers.size() * MESSAGES_PER_HANDLE_DAY
        for person in self._writers.draw(rng, expected):
            at = day * DAY_MS + int(rng.uniform(6, 22) * HOUR_MS)
            network = rng.choice(("instagram", "facebook", "whatsapp"))
            shared = None
            if rng.random() < SHARES_EMAIL:
                shared = dirt.write_email(rng, person.email, SPEC.entity)
            message = {
                "message_id": f"sm-{rng.randbytes(10).hex()}",
                "network": network,
                "handle": person.handle,
                "text": rng.choice(SOCIAL_TEXTS),
                "sent_at": iso_utc(at),
                "shared_email": shared,
                "direction": "inbound",
            }
            self._feed.deliver(at, message, person.person_id)
            if rng.random() < IS_ANSWERED:
                at += rng.randrange(3 * MINUTE_MS, 20 * HOUR_MS)
                answer = message | {
                    "message_id": f"sm-{rng.randbytes(10).hex()}",
                    "text": rng.choice(SOCIAL_REPLIES),
                    "sent_at": iso_utc(at),
                    "shared_email": None,
                    "direction": "outbound",
                }
                self._feed.deliver(at, answer, person.person_id)
