"""Countries, their cities, and the stores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import cos, radians
from random import Random


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """A city where customers live.

    Attributes:
        name: Name in its own language.
        latitude: Degrees north of the centre.
        longitude: Degrees east of the centre.
        postcode: Pattern of its postcodes; `#` stands for a digit, `@` for a capital letter.
        weight: Share of the country's customers, relative to its other cities.
        streets: Addresses of the stores there.
    """

    name: str
    latitude: float
    longitude: float
    postcode: str
    weight: float
    streets: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Country:
    """A market of the retailer.

    Attributes:
        code: ISO 3166 alpha-2.
        weight: Share of all customers.
        zone: IANA time zone.
        locale: Browser locale.
        currency: What its shop and tills charge in.
        calling_code: Without the plus.
        trunk: Digit that local numbers begin with.
        mobile: Patterns of mobile numbers without calling code and trunk digit.
        cities: Where its customers live.
    """

    code: str
    weight: float
    zone: str
    locale: str
    currency: str
    calling_code: str
    trunk: str
    mobile: tuple[str, ...]
    cities: tuple[City, ...]

    @cached_property
    def city_shares(self) -> list[float]:
        """Running sum of the cities' weights."""
        return list(accumulate(city.weight for city in self.cities))


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """A shop with tills."""

    store_id: str
    name: str
    street: str
    postcode: str
    city: City
    country: Country
    latitude: float
    longitude: float
    opened_on: str


COUNTRIES = (
    Country(
        "DE",
        0.44,
        "Europe/Berlin",
        "de-DE",
        "EUR",
        "49",
        "0",
        ("151########", "160#######", "171#######", "176########"),
        (
            City("Berlin", 52.5200, 13.4050, "10###", 5, ("Kastanienallee 12", "Schloßstraße 88")),
            City("Hamburg", 53.5511, 9.9937, "20###", 3, ("Mönckebergstraße 7",)),
            City("München", 48.1371, 11.5754, "80###", 4, ("Sendlinger Straße 21", "Tal 40")),
            City("Köln", 50.9375, 6.9603, "50###", 2, ("Ehrenstraße 43",)),
            City("Freiburg im Breisgau", 47.9990, 7.8421, "79###", 1.5, ("Kaiser-Joseph-Str. 5",)),
            City("Leipzig", 51.3397, 12.3731, "04###", 1.5, ("Petersstraße 30",)),
            City("Kempten (Allgäu)", 47.7267, 10.3139, "87###", 1),
        ),
    ),
    Country(
        "AT",
        0.12,
        "Europe/Vienna",
        "de-AT",
        "EUR",
        "43",
        "0",
        ("664#######", "676#######", "699########"),
        (
            City("Wien", 48.2082, 16.3738, "10#0", 4, ("Mariahilfer Straße 77",)),
            City("Innsbruck", 47.2692, 11.4041, "60#0", 2, ("Maria-Theresien-Straße 18",)),
            City("Salzburg", 47.8095, 13.0550, "50#0", 1.5, ("Linzer Gasse 9",)),
            City("Bludenz", 47.1536, 9.8222, "67##", 0.5),
        ),
    ),
    Country(
        "NL",
        0.14,
        "Europe/Amsterdam",
        "nl-NL",
        "EUR",
        "31",
        "0",
        ("61#######", "62#######", "64#######"),
        (
            City("Amsterdam", 52.3676, 4.9041, "10## @@", 4, ("Haarlemmerstraat 110",)),
            City("Utrecht", 52.0907, 5.1214, "35## @@", 2, ("Oudegracht 155",)),
            City("Rotterdam", 51.9244, 4.4777, "30## @@", 2, ("Meent 64",)),
            City("Maastricht", 50.8514, 5.6910, "62## @@", 1),
        ),
    ),
    Country(
        "GB",
        0.16,
        "Europe/London",
        "en-GB",
        "GBP",
        "44",
        "0",
        ("7400######", "7700######", "7911######"),
        (
            City(
                "London", 51.5072, -0.1276, "SE# #@@", 5, ("41 Long Acre", "9 Kensington High St")
            ),
            City("Manchester", 53.4808, -2.2426, "M# #@@", 2, ("28 King Street",)),
            City("Edinburgh", 55.9533, -3.1883, "EH# #@@", 2, ("73 Rose Street",)),
            City("Keswick", 54.6013, -3.1347, "CA12 #@@", 0.7, ("4 Main Street",)),
            City("Leeds", 53.8008, -1.5491, "LS# #@@", 1),
        ),
    ),
    Country(
        "FR",
        0.14,
        "Europe/Paris",
        "fr-FR",
        "EUR",
        "33",
        "0",
        ("61#######", "67#######", "76#######"),
        (
            City("Paris", 48.8566, 2.3522, "750##", 5, ("48 rue des Écoles", "15 rue de Charonne")),
            City("Lyon", 45.7640, 4.8357, "690##", 2, ("22 rue Mercière",)),
            City("Grenoble", 45.1885, 5.7245, "380##", 1.5, ("6 place Grenette",)),
            City("Chamonix-Mont-Blanc", 45.9237, 6.8694, "744##", 1, ("110 rue Paccard",)),
            City("Strasbourg", 48.5734, 7.7521, "670##", 1.2),
        ),
    ),
)

# Who reads a record that names no country assumes the retailer's own.
HOME_COUNTRY = COUNTRIES[0]
METRES_PER_DEGREE = 111_320.0
_PATTERN = {"#": "0123456789", "@": "ABDEFGHJLNPQRSTUWXYZ"}


def moved(latitude: float, longitude: float, north: float, east: float) -> tuple[float, float]:
    """A point some metres north and east of another, good enough within a city."""
    return (
        round(latitude + north / METRES_PER_DEGREE, 6),
        round(longitude + east / (METRES_PER_DEGREE * cos(radians(latitude))), 6),
    )


def from_pattern(rng: Random, pattern: str) -> str:
    """A text in which each `#` became a digit and each `@` a capital letter."""
    text = ""
    for character in pattern:
        letters = _PATTERN.get(character, character)
        text += letters[int(rng.random() * len(letters))]
    return text


def open_stores(rng: Random) -> list[Store]:
    """All stores, numbered from the north of the list to its end."""
    stores: list[Store] = []
    for country in COUNTRIES:
        for city in country.cities:
            for street in city.streets:
                latitude, longitude = moved(
                    city.latitude, city.longitude, rng.uniform(-900, 900), rng.uniform(-900, 900)
                )
                stores.append(
                    Store(
                        store_id=f"S-{len(stores) + 1:02d}",
                        name=f"Nordpfad {city.name}" + (" II" if street != city.streets[0] else ""),
                        street=street,
                        postcode=from_pattern(rng, city.postcode),
                        city=city,
                        country=country,
                        latitude=latitude,
                        longitude=longitude,
                        opened_on=f"{rng.randint(1994, 2023)}-{rng.randint(1, 12):02d}-01",
                    )
                )
    return stores
