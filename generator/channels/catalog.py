"""The product catalogue, whose prices change, and the list of stores."""

from __future__ import annotations

from generator.catalogue import Product
from generator.clock import DAY_MS, HOUR_MS, iso_utc
from generator.company import Company
from generator.feed import FeedSpec

PRICE_CHANGES_EVERY_DAYS = 14
PRICE_CHANGES = 0.06
PRODUCTS = FeedSpec(
    entity="catalog/products",
    key="product_id",
    columns=(
        "product_id",
        "product_name",
        "category",
        "brand",
        "price",
        "cost",
        "currency",
        "product_url",
        "updated_at",
    ),
    is_dirty=False,
    has_people=False,
)
STORES = FeedSpec(
    entity="catalog/stores",
    key="store_id",
    columns=(
        "store_id",
        "store_name",
        "address_line",
        "postcode",
        "city",
        "country",
        "latitude",
        "longitude",
        "time_zone",
        "opened_on",
    ),
    is_dirty=False,
    has_people=False,
)


class Catalog:
    """The product information system."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._rng = company.plan.common_stream("catalog")
        # All parts of the company have the same catalogue; the first exports it.
        self._exports = company.plan.part == 0
        self._products = company.exports.feed(PRODUCTS)
        self._stores = company.exports.feed(STORES)

    def run(self, day: int) -> None:
        """Everything on the first day, then the products whose price changes."""
        since, rng = day - self._company.plan.first_day, self._rng
        if since == 0:
            self._write_stores(day)
            for product in self._company.catalogue.products:
                self._write(product)
        elif since % PRICE_CHANGES_EVERY_DAYS == 0:
            for product in self._company.catalogue.products:
                if rng.random() < PRICE_CHANGES:
                    product.price = round(product.price * rng.choice((0.8, 0.9, 1.05)), 2)
                    product.updated_at = day * DAY_MS + 3 * HOUR_MS
                    self._write(product)

    def _write(self, product: Product) -> None:
        row = {
            "product_id": product.product_id,
            "product_name": product.name,
            "category": product.category,
            "brand": product.brand,
            "price": f"{product.price:.2f}",
            "cost": f"{product.cost:.2f}",
            "currency": "EUR",
            "product_url": product.url,
            "updated_at": iso_utc(product.updated_at),
        }
        if self._exports:
            self._products.deliver(product.updated_at, row, "")

    def _write_stores(self, day: int) -> None:
        for store in self._company.stores if self._exports else []:
            row = {
                "store_id": store.store_id,
                "store_name": store.name,
                "address_line": store.street,
                "postcode": store.postcode,
                "city": store.city.name,
                "country": store.country.code,
                "latitude": store.latitude,
                "longitude": store.longitude,
                "time_zone": store.country.zone,
                "opened_on": store.opened_on,
            }
            self._stores.deliver(day * DAY_MS, row, "")
