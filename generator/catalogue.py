"""The products on sale."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from generator.vocabulary import BRANDS, CATEGORIES, MODELS

SHOP = "https://www.nordpfad.example"
GBP_PER_EUR = 0.86
_PRODUCTS_PER_CATEGORY = 16


@dataclass(slots=True)
class Product:
    """One article; `price` and `cost` are in EUR and change over time."""

    product_id: str
    name: str
    category: str
    brand: str
    price: float
    cost: float
    slug: str
    updated_at: int

    @property
    def url(self) -> str:
        """Address of its page."""
        return f"{SHOP}/p/{self.slug}"

    def price_in(self, currency: str) -> float:
        """Price in a currency that the shops charge in."""
        return self.price if currency == "EUR" else round(self.price * GBP_PER_EUR, 2)


class Catalogue:
    """All products, and draws from them by demand."""

    def __init__(self, rng: Random, before: int) -> None:
        self.products: list[Product] = []
        self.by_category: dict[str, list[Product]] = {}
        for category, noun, low, high, _ in CATEGORIES:
            shelf = self.by_category.setdefault(category, [])
            for model in rng.sample(MODELS, _PRODUCTS_PER_CATEGORY):
                price = rng.randint(low, high) + rng.choice((0.95, 0.0, 0.9))
                shelf.append(self._make(rng, category, f"{model} {noun}", price, before))
            self.products.extend(shelf)
        self.categories = [category for category, *_ in CATEGORIES]
        self._demand = list(accumulate(weight for *_, weight in CATEGORIES))

    def _make(self, rng: Random, category: str, name: str, price: float, before: int) -> Product:
        brand = rng.choice(BRANDS)
        number = 10_001 + len(self.products) + len(self.by_category[category])
        slug = f"{brand} {name} {number}".lower().replace("&", "and").replace(" ", "-")
        return Product(
            product_id=f"P-{number}",
            name=f"{brand} {name}",
            category=category,
            brand=brand,
            price=price,
            cost=round(price * rng.uniform(0.42, 0.61), 2),
            slug=slug,
            updated_at=before - rng.randrange(200 * 86_400_000),
        )

    def pick_category(self, rng: Random) -> str:
        """A category, by demand."""
        return self.categories[bisect(self._demand, rng.random() * self._demand[-1])]

    def pick(self, rng: Random, category: str) -> Product:
        """A product of a category, best sellers more often."""
        # Squaring favours the head of the list at a tenth of the cost of weighted choices.
        return self.by_category[category][int(rng.random() ** 2 * _PRODUCTS_PER_CATEGORY)]
