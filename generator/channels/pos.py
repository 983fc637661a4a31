"""The tills: receipts and their lines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from generator.catalogue import Product
from generator.clock import DAY_MS, HOUR_MS, local_text, weekday, within_day
from generator.company import Company
from generator.dirt import KIOSK_EMAIL, Spoiling
from generator.feed import FeedSpec
from generator.geography import Store
from generator.people import Person

RECEIPTS_PER_PERSON_DAY = 0.012
SHOWS_LOYALTY_CARD = 0.75
PAYS_BY_CARD = 0.65
WANTS_E_RECEIPT = 0.18
JOINS_LOYALTY = 0.025
BUYS_WHAT_WAS_LOOKED_AT = 0.35
RETURNS = 0.06
# Sundays are closed in Germany and Austria, short elsewhere.
_BUSY = (0.8, 0.8, 0.9, 1.0, 1.3, 1.9, 0.3)

RECEIPTS = FeedSpec(
    entity="pos/receipts",
    key="receipt_id",
    columns=(
        "receipt_id",
        "store_id",
        "till_id",
        "purchased_at",
        "receipt_type",
        "loyalty_number",
        "card_token",
        "email",
        "total_amount",
        "currency",
    ),
    spoilings=(
        Spoiling("wrong_number", ("total_amount",), "12,50 EUR"),
        Spoiling("impossible_date", ("purchased_at",), "2026-02-31 12:00:00"),
    ),
)
LINES = FeedSpec(
    entity="pos/receipt_lines",
    key="receipt_id",
    part="line_number",
    columns=(
        "receipt_id",
        "line_number",
        "product_id",
        "quantity",
        "unit_price",
        "discount_amount",
    ),
    spoilings=(
        Spoiling("wrong_number", ("unit_price",), "abc"),
        Spoiling("wrong_number", ("quantity",), "two"),
        Spoiling("negative_quantity", ("quantity",), "-1"),
    ),
)


@dataclass(frozen=True, slots=True)
class _Line:
    product: Product
    quantity: int
    unit_price: float
    discount: float

    @property
    def amount(self) -> float:
        return self.quantity * self.unit_price - self.discount


@dataclass(frozen=True, slots=True)
class _Sale:
    """A receipt, or the part of it that is brought back."""

    at: int
    person: Person
    store: Store
    lines: tuple[_Line, ...]
    loyalty_number: str | None
    card_token: str | None
    email: str | None
    is_return: bool = False


class Pos:
    """The tills of all stores."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.stream("pos")
        self._receipts = company.exports.feed(RECEIPTS)
        self._lines = company.exports.feed(LINES)
        self._returns: dict[int, list[_Sale]] = defaultdict(list)
        self._receipt_count = 0

    def run(self, day: int) -> None:
        """All sales and returns of a day."""
        company, rng = self._company, self._rng
        busy = _BUSY[weekday(day)]
        expected = company.everyone.size() * RECEIPTS_PER_PERSON_DAY * busy
        for person in company.everyone.draw(rng, expected):
            store = person.store if rng.random() < 0.9 else rng.choice(company.stores)
            if weekday(day) == 6 and store.country.code in ("DE", "AT"):
                continue
            self._sell(
                within_day(day, store.country.zone, rng.uniform(9.5, 19.9) * 3600), person, store
            )
        for sale in self._returns.pop(day, []):
            self._write(sale)

    def _sell(self, at: int, person: Person, store: Store) -> None:
        rng, company = self._rng, self._company
        if person.is_customer and person.loyalty_number is None and rng.random() < JOINS_LOYALTY:
            person.loyalty_number = company.population.new_loyalty_number()
            company.news.enrolments.append(person)
        shows_card = person.loyalty_number is not None and rng.random() < SHOWS_LOYALTY_CARD
        sale = _Sale(
            at=at,
            person=person,
            store=store,
            lines=self._fill_basket(person, store),
            loyalty_number=person.loyalty_number if shows_card else None,
            card_token=rng.choice(person.cards) if rng.random() < PAYS_BY_CARD else None,
            email=self._receipt_email(person),
        )
        total = self._write(sale)
        if sale.loyalty_number:
            company.news.card_sales.append((sale.loyalty_number, total))
        if rng.random() < RETURNS:
            self._plan_return(sale)

    def _fill_basket(self, person: Person, store: Store) -> tuple[_Line, ...]:
        rng, catalogue = self._rng, self._company.catalogue
        lines = []
        for _ in range(1 + int(rng.expovariate(0.9))):
            if person.shelf and rng.random() < BUYS_WHAT_WAS_LOOKED_AT:
                product = rng.choice(person.shelf)
            else:
                product = catalogue.pick(rng, catalogue.pick_category(rng))
            price = product.price_in(store.country.currency)
            discount = round(price * 0.1, 2) if rng.random() < 0.12 else 0.0
            lines.append(_Line(product, 1 if rng.random() < 0.9 else 2, price, discount))
        return tuple(lines)

    def _receipt_email(self, person: Person) -> str | None:
        rng, dirt = self._rng, self._company.dirt
        if not person.is_customer or rng.random() >= WANTS_E_RECEIPT:
            return None
        if dirt.happens(rng, "kiosk_email", RECEIPTS.entity):
            return KIOSK_EMAIL
        return dirt.write_email(rng, person.email, RECEIPTS.entity)

    def _plan_return(self, sale: _Sale) -> None:
        rng = self._rng
        day = sale.at // DAY_MS + rng.randint(2, 20)
        if weekday(day) == 6:
            day += 1
        at = within_day(day, sale.store.country.zone, rng.uniform(10, 19) * 3600)
        line = replace(rng.choice(sale.lines), quantity=1)
        self._returns[day].append(replace(sale, at=at, lines=(line,), email=None, is_return=True))

    def _write(self, sale: _Sale) -> float:
        company, rng = self._company, self._rng
        self._receipt_count += 1
        number = company.plan.numbered(self._receipt_count)
        receipt_id = f"R{sale.store.store_id[2:]}-{4_000_000 + number}"
        total = round(sum(line.amount for line in sale.lines), 2)
        # Tills upload what they hold every hour.
        known_at = sale.at + rng.randrange(HOUR_MS)
        receipt = {
            "receipt_id": receipt_id,
            "store_id": sale.store.store_id,
            "till_id": f"{sale.store.store_id}-T{rng.randint(1, 3)}",
            "purchased_at": local_text(sale.at, sale.store.country.zone),
            "receipt_type": "return" if sale.is_return else "sale",
            "loyalty_number": sale.loyalty_number,
            "card_token": sale.card_token,
            "email": sale.email,
            "total_amount": f"{total:.2f}",
            "currency": sale.store.country.currency,
        }
        self._receipts.deliver(known_at, receipt, sale.person.person_id)
        for line_number, line in enumerate(sale.lines, start=1):
            row = {
                "receipt_id": receipt_id,
                "line_number": line_number,
                "product_id": line.product.product_id,
                "quantity": line.quantity,
                "unit_price": f"{line.unit_price:.2f}",
                "discount_amount": f"{line.discount:.2f}",
            }
            self._lines.deliver(known_at, row, sale.person.person_id)
        return total
