"""What a masked role may see of values and of free text."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from cdp.customer_page.masking import HIDDEN, Masker


def masker(*, sees_identifiers: bool = False) -> Masker:
    made = Masker(sees_identifiers=sees_identifiers, indirect_types=["account", "push_token"])
    made.learn(["ann@example.com", "+4915112345678", "Ann", "Lee", None])
    return made


def test_direct_types_and_unknown_ones_are_masked() -> None:
    mask = masker()
    assert mask.identifier("email", "ann@example.com") == "a***@example.com"
    assert mask.identifier("phone", "+4915112345678") == "+49***78"
    assert mask.identifier("passport", "C01X00T47") == "C01***47"
    assert mask.identifier("push_token", "a3f1c9e07b5d") == "a3f***5d"
    assert mask.identifier("account", "A-1") == "A-1"
    # A shop whose logins are addresses.
    assert mask.identifier("account", "bob@example.com") == HIDDEN


def test_free_text_loses_what_can_be_told() -> None:
    mask = masker()
    text = "Ann LEE called +49 151 1234-5678 from 10.0.0.1, write bob@example.com (annual plan)"
    assert mask.text(text) == (
        f"{HIDDEN} {HIDDEN} called {HIDDEN} from {HIDDEN}, write {HIDDEN} (annual plan)"
    )
    assert mask.text("/reset?to=ann%40example.com") == f"/reset?to={HIDDEN}"
    assert mask.text("R01-4000001 cn-mara-01 2026-11-04 18:00:00/0") == (
        "R01-4000001 cn-mara-01 2026-11-04 18:00:00/0"
    )
    assert masker(sees_identifiers=True).text(text) == text


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8), st.sampled_from(["ann@example.com", "+4915112345678"])
    ),
    st.sampled_from(["price", "products", "x"]),
)
def test_no_property_shows_a_known_identifier(values: dict[str, str], name: str) -> None:
    properties = {**values, name: [values, {"size": "for ann@example.com"}]}
    shown = json.dumps(masker().properties(json.dumps(properties)))
    assert "ann@example" not in shown
    assert "15112345678" not in shown


def test_properties_that_are_about_goods_are_shown() -> None:
    source = json.dumps({"size": "37", "price": 9.5, "note": "hers", "products": [{"x": 1}]})
    assert masker().properties(source) == {
        "size": "37",
        "price": "9.5",
        "note": HIDDEN,
        "products": "[{}]",
    }
    assert masker().properties("no JSON: Ann") == {"text": HIDDEN}
    assert masker().properties(None) == {}
