"""What the columns of `int_identity__match_records` mean: the one place to declare them.

A source fills the columns that it has. Those that no record fills take no part, and neither do
the rules below that name them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

Kind = Literal["name", "date", "text", "code", "category", "identifier"]

# name: given and family name, which people write the wrong way round. date and code: a typo is a
# character or two. text: misspelt, shortened, extended. category: few values, no typos.
# identifier: reaches a person, but may be shared by a family or be years old.
COLUMNS: Mapping[str, Kind] = {
    "first_name": "name",
    "last_name": "name",
    "birth_date": "date",
    "street": "text",
    "street_number": "code",
    "address_extra": "text",
    "city": "text",
    "postcode": "code",
    "region": "category",
    "phone": "identifier",
    "email": "identifier",
}

# Two records are compared if they agree in all columns of any of these. Each is narrow enough for
# a large warehouse: a common street or a common name alone would pair everybody in a city.
BLOCKS: tuple[tuple[str, ...], ...] = (
    ("birth_date",),
    ("first_name", "last_name"),
    ("first_name", "postcode"),
    ("last_name", "postcode"),
    ("first_name", "city"),
    ("last_name", "city"),
    ("first_name", "street"),
    ("last_name", "street"),
    ("street", "street_number"),
    ("street", "postcode"),
    ("street_number", "postcode"),
    ("street_number", "city"),
    ("last_name", "address_extra"),
    ("phone",),
    ("email",),
)

# Records that agree in one of these are almost certainly one person. Their number gives the prior
# probability that two records match.
SURE_RULES: tuple[tuple[str, ...], ...] = (
    ("first_name", "last_name", "birth_date"),
    ("last_name", "birth_date", "postcode"),
    ("first_name", "birth_date", "postcode"),
    ("first_name", "last_name", "street", "street_number"),
)
# Assumed share of true pairs that these rules find.
RECALL_OF_SURE_RULES = 0.85

# Training uses the pairs of each of these blocks in turn. It learns nothing about the columns of
# the block itself, so no column may be in all of them.
TRAINING_BLOCKS: tuple[tuple[str, ...], ...] = (
    ("birth_date",),
    ("first_name", "postcode"),
    ("last_name", "postcode"),
    ("first_name", "last_name"),
)


def usable(
    rules: tuple[tuple[str, ...], ...], filled: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """The rules whose columns are all filled."""
    return tuple(rule for rule in rules if set(rule) <= set(filled))
