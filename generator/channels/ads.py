"""Clicks on paid search and social ads, as the ad platforms report them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generator.catalogue import SHOP, Product
from generator.clock import DAY_MS, short_offset_text
from generator.company import Company
from generator.dirt import Spoiling
from generator.feed import FeedSpec
from generator.people import Person

# Clicks that never became a page view, for each that did.
BOUNCED_PER_VISIT = 0.12
_REPORT_ZONE = "Europe/Berlin"
_CAMPAIGNS = (
    ("google", "G-201", "Brand search", "brand_search"),
    ("google", "G-214", "Winter boots, DACH", "winter_boots_dach"),
    ("google", "G-230", "Shopping: jackets", "shopping_jackets"),
    ("meta", "M-77", "Autumn hikes: reels", "autumn_hikes"),
    ("meta", "M-81", "Lookalike, tents", "lookalike_tents"),
)
SPEC = FeedSpec(
    entity="ads/clicks",
    key="click_id",
    columns=(
        "click_id",
        "clicked_at",
        "platform",
        "campaign_id",
        "campaign_name",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "landing_url",
        "cost_amount",
        "currency",
    ),
    spoilings=(
        Spoiling("wrong_number", ("cost_amount",), "0,42 €"),
        Spoiling("impossible_date", ("clicked_at",), "2026-02-31 10:00:00+01"),
    ),
)


@dataclass(frozen=True, slots=True)
class AdVisit:
    """What a click on an ad puts into the address of the landing page."""

    click_id: str
    source: str
    medium: str
    campaign: str
    query: str


class Ads:
    """The ad platforms."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("ads")
        self._feed = company.exports.feed(SPEC)

    def run(self, day: int) -> None:
        """Clicks that were paid for but never reached the shop."""
        company, rng = self._company, self._rng
        expected = company.everyone.size() * 0.005 * BOUNCED_PER_VISIT
        for person in company.everyone.draw(rng, expected):
            product = company.catalogue.pick(rng, person.tastes[0])
            self.click(day * DAY_MS + rng.randrange(DAY_MS), person, product)

    def click(self, at: int, person: Person, product: Product) -> AdVisit:
        """Let a person click on an ad for a product."""
        rng = self._rng
        platform, campaign_id, name, utm_campaign = rng.choice(_CAMPAIGNS)
        visit = _visit(rng, platform, utm_campaign)
        row = {
            "click_id": visit.click_id,
            "clicked_at": short_offset_text(at, _REPORT_ZONE),
            "platform": platform,
            "campaign_id": campaign_id,
            "campaign_name": name,
            "utm_source": visit.source,
            "utm_medium": visit.medium,
            "utm_campaign": utm_campaign,
            "landing_url": f"{SHOP}/p/{product.slug}?{visit.query}",
            "cost_amount": f"{rng.uniform(0.08, 2.4):.2f}",
            "currency": "EUR",
        }
        self._feed.deliver(at, row, person.person_id)
        return visit


def _visit(rng: Random, platform: str, campaign: str) -> AdVisit:
    if platform == "google":
        click_id = f"Cj0KCQ{rng.randbytes(15).hex()}"
        source, medium, parameter = "google", "cpc", "gclid"
    else:
        click_id = f"IwAR{rng.randbytes(15).hex()}"
        source, medium, parameter = rng.choice(("facebook", "instagram")), "paid_social", "fbclid"
    query = (
        f"utm_source={source}&utm_medium={medium}&utm_campaign={campaign}&{parameter}={click_id}"
    )
    return AdVisit(click_id, source, medium, campaign, query)
