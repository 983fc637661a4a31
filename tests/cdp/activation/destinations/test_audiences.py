"""Members of audiences: by what they are added and taken away, at Meta and at Google."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cdp.activation import SyncStoppedError
from cdp.activation.destinations.base import (
    BatchRefusedError,
    Change,
    DeliveryError,
    DestinationUnusableError,
    RowResult,
    TemporaryFailureError,
    ThrottledError,
)
from cdp.dbt.manifest import ManifestError
from tests.cdp.activation.destinations import (
    case_google_data_manager,
    case_meta,
)
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench
from tests.cdp.activation.emulators.emulator import Fault
from tests.cdp.activation.emulators.google_data_manager import MANAGER
from tests.cdp.activation.emulators.meta import MetaEmulator

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)

COLUMNS = {"member_key": "text", "profile_id": "text", "email": "text", "phone": "text"}
# A key that is no identifier, which is the usual case.
KEYED = {"key": "member_key", "email": "email", "phone": "phone"}
both = pytest.mark.parametrize("name", ["google", "meta"])
CASES = {"google": case_google_data_manager.CASE, "meta": case_meta.CASE}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def audience(name: str, open_bench: OpenBench) -> Bench:
    case = CASES[name]
    return open_bench(replace(case, columns=COLUMNS, meta={**case.meta, **KEYED}))


def change(
    key: str, operation: Any = "insert", receiver_id: str | None = None, **values: Any
) -> Change:
    return Change(key, operation, json.dumps(values), f"{key}-{operation}", 1, receiver_id)


def last_body(bench: Bench) -> Any:
    return json.loads(bench.emulator.calls[-1][0].body)


@both
def test_an_unusable_phone_is_left_out_and_its_row_is_not(audience: Bench) -> None:
    results = audience.deliver(
        [
            change("a", email="a@example.com", phone="0171 1234567"),
            change("b", email="b@example.com", phone="+49 171 1234567"),
            change("c", email=None, phone="0171 1234567"),
            change("d", email="nobody", phone=None),
        ]
    )
    assert [result.status for result in results] == ["accepted", "accepted", "rejected", "rejected"]
    assert results[2].reason == "no usable email or phone"
    assert set(audience.emulator.held()) == {sha("a@example.com"), sha("b@example.com")}
    assert audience.emulator.violations == []


@both
def test_a_batch_without_a_usable_row_makes_no_request(audience: Bench) -> None:
    (result,) = audience.deliver([change("a", email="nobody", phone="?")])
    assert result.status == "rejected"
    assert audience.emulator.calls == []


@both
def test_a_national_number_takes_the_country_code_of_the_sync(audience: Bench) -> None:
    audience.deliver(
        [change("a", email="a@example.com", phone="0171 1234567")],
        spec=audience.spec(country_code="49"),
    )
    plus = "+" if audience.case.destination == "google_data_manager" else ""
    assert sha(f"{plus}491711234567") in str(last_body(audience))


@pytest.mark.parametrize(
    ("name", "normal"), [("google", "annsmith@gmail.com"), ("meta", "ann.smith+news@gmail.com")]
)
def test_each_gets_an_address_in_its_own_form(audience: Bench, normal: str) -> None:
    audience.deliver([change("a", email=" Ann.Smith+News@Gmail.com ", phone=None)])
    assert list(audience.emulator.held()) == [sha(normal)]


@both
def test_a_change_of_address_takes_the_old_one_away(audience: Bench) -> None:
    (first,) = audience.deliver([change("a", email="a@example.com", phone="+491711234567")])
    (second,) = audience.deliver(
        [change("a", "update", first.receiver_id, email="new@example.com", phone="+491711234567")]
    )
    assert set(audience.emulator.held()) == {sha("new@example.com")}
    assert audience.deliver([change("a", "delete", second.receiver_id)]) == [RowResult("accepted")]
    assert audience.emulator.held() == {}
    assert audience.emulator.violations == []


@both
def test_a_row_that_has_lost_its_address_is_no_member_any_more(audience: Bench) -> None:
    (first,) = audience.deliver([change("a", email="a@example.com", phone=None)])
    (second,) = audience.deliver([change("a", "update", first.receiver_id, email=None, phone=None)])
    assert second == RowResult("rejected", "no usable email or phone")
    assert audience.emulator.held() == {}


@both
def test_an_address_that_moves_from_one_row_to_another_stays(audience: Bench) -> None:
    first = audience.deliver([change(key, email=f"{key}@example.com", phone=None) for key in "ab"])
    ids = {key: result.receiver_id for key, result in zip("ab", first, strict=True)}
    audience.deliver(
        [
            change("a", "update", ids["a"], email="b@example.com", phone=None),
            change("b", "update", ids["b"], email="c@example.com", phone=None),
        ]
    )
    assert set(audience.emulator.held()) == {sha("b@example.com"), sha("c@example.com")}
    # Not even for a moment is the address that moved taken away.
    removal = audience.emulator.calls[-2][0].body.decode()
    assert sha("a@example.com") in removal
    assert sha("b@example.com") not in removal


@both
def test_what_a_deleted_row_had_is_left_to_others_when_its_key_comes_back(audience: Bench) -> None:
    (first,) = audience.deliver([change("a", email="a@example.com", phone=None)])
    audience.deliver([change("b", email="a@example.com", phone=None)])
    audience.deliver([change("a", "insert", first.receiver_id, email="c@example.com", phone=None)])
    assert set(audience.emulator.held()) == {sha("a@example.com"), sha("c@example.com")}


@both
def test_a_merged_profiles_address_is_taken_away_before_it_is_added(audience: Bench) -> None:
    """Whatever the order of their keys, and one request after another."""
    rows = [
        {"member_key": key, "profile_id": key, "email": f"{key}@example.com", "phone": None}
        for key in "abc"
    ]
    audience.put(rows)
    audience.run(audience.spec(batch_size=1))
    audience.put([{**rows[0], "email": "c@example.com"}, rows[1]])
    audience.run(audience.spec(batch_size=1))
    assert set(audience.emulator.held()) == {sha("b@example.com"), sha("c@example.com")}


@both
def test_what_is_remembered_is_hashed(audience: Bench) -> None:
    (result,) = audience.deliver([change("a", email="a@example.com", phone=None)])
    assert result.receiver_id == f"email:{sha('a@example.com')}"


@both
def test_a_delete_of_a_row_that_is_not_known_by_anything_is_not_said_to_be_done(
    audience: Bench,
) -> None:
    (result,) = audience.deliver([change("a", "delete")])
    assert result == RowResult("rejected", "no usable email or phone")


@both
def test_the_ledger_keeps_hashes_for_the_delete(audience: Bench) -> None:
    row = {"member_key": "a", "profile_id": "p", "email": "a@example.com", "phone": "+491711234567"}
    audience.put([row])
    audience.run()
    assert len(audience.emulator.held()) == 1
    audience.put([])
    assert audience.run().deleted == 1
    assert audience.emulator.held() == {}


@both
def test_identifier_columns_are_texts(audience: Bench) -> None:
    numbers = replace(audience.case, columns=COLUMNS | {"phone": "bigint"})
    with pytest.raises(ManifestError, match="phone is 'phone', which is integer: cast it to text"):
        replace(audience, case=numbers).spec()


@pytest.mark.parametrize("name", ["meta"])
def test_removed_rows_count_by_identifier(audience: Bench) -> None:
    """A request of Meta's takes 10,000 rows, and a delete takes one for each identifier."""
    saved = f"email:{sha('a')},phone:{sha('b')}"
    changes = [change(f"k{number}", "delete", saved) for number in range(5_001)]
    assert {result.status for result in audience.deliver(changes)} == {"accepted"}
    assert [status for _, status in audience.emulator.calls] == [200, 200]
    assert audience.emulator.violations == []


@pytest.mark.parametrize("name", ["meta"])
def test_an_update_that_keeps_its_identifiers_is_one_row(audience: Bench) -> None:
    email, phone = sha("a"), sha("b")
    changes = [
        change(f"k{at}", "update", f"email:{email},phone:{phone}", email=email, phone=phone)
        for at in range(5_001)
    ]
    audience.deliver(changes)
    assert [(call.method, status) for call, status in audience.emulator.calls] == [("POST", 200)]


def meta_error(code: int, **more: object) -> Callable[[int, str, str], Any]:
    return lambda *_: {"error": {"message": "ann@example.com", "code": code, **more}}


@pytest.mark.parametrize("name", ["meta"])
@pytest.mark.parametrize(
    ("code", "more", "error"),
    [
        (80003, {}, ThrottledError),
        (17, {}, ThrottledError),
        (2, {}, TemporaryFailureError),
        (368, {"is_transient": True}, TemporaryFailureError),
        (190, {}, DestinationUnusableError),
        (200, {}, DestinationUnusableError),
        (100, {"error_subcode": 33}, DestinationUnusableError),
        (100, {"error_subcode": 1713230}, DestinationUnusableError),
        (100, {}, BatchRefusedError),
    ],
)
def test_metas_codes_come_to_what_delivery_understands(
    audience: Bench,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    more: dict[str, object],
    error: type[DeliveryError],
) -> None:
    monkeypatch.setattr(MetaEmulator, "refusal", staticmethod(meta_error(code, **more)))
    audience.emulator.faults.append(Fault(status=400))
    with pytest.raises(error) as caught:
        audience.deliver([change("a", email="a@example.com", phone=None)])
    assert type(caught.value) is error
    assert "ann" not in caught.value.reason


@pytest.mark.parametrize("name", ["meta"])
def test_metas_throttling_is_waited_out(audience: Bench) -> None:
    audience.emulator.rate = (1, 0.2)
    audience.put(
        [
            {"member_key": key, "profile_id": key, "email": f"{key}@example.com", "phone": None}
            for key in "abc"
        ]
    )
    assert audience.run(audience.spec(batch_size=1)).inserted == 3
    assert len(audience.emulator.held()) == 3


@pytest.mark.parametrize("name", ["google"])
def test_google_is_told_of_consent_where_it_was_asked_for(audience: Bench) -> None:
    row = change("a", email="a@example.com", phone=None)
    audience.deliver([row])
    assert "consent" not in last_body(audience)
    audience.deliver([row], spec=audience.spec(consent="required", consent_reason=None))
    assert last_body(audience)["consent"] == {
        "adUserData": "CONSENT_GRANTED",
        "adPersonalization": "CONSENT_GRANTED",
    }
    assert audience.emulator.violations == []


@pytest.mark.parametrize("name", ["google"])
def test_google_is_told_of_a_manager_account(audience: Bench) -> None:
    audience.deliver(
        [change("a", email="a@example.com", phone=None)],
        spec=audience.spec(login_account_id=MANAGER),
    )
    (destination,) = last_body(audience)["destinations"]
    assert destination["loginAccount"] == {"accountType": "GOOGLE_ADS", "accountId": MANAGER}
    assert audience.emulator.violations == []


@pytest.mark.parametrize("name", ["google"])
def test_google_tells_the_rows_at_fault_and_the_others_go_again(audience: Bench) -> None:
    bad = sha("b@example.com")
    audience.emulator.refused = {bad}
    results = audience.deliver(
        [change(key, email=f"{key}@example.com", phone=None) for key in "abc"]
    )
    assert [result.status for result in results] == ["retry", "rejected", "retry"]
    assert audience.emulator.held() == {}


@pytest.mark.parametrize("name", ["google"])
def test_a_request_that_is_at_fault_itself_is_not_put_on_its_rows(
    audience: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = ["audience_members[0].user_data", "destinations[0].product_destination_id"]
    violations = [{"field": field, "description": "ann@example.com"} for field in fields]
    document = {"error": {"status": "NOT_FOUND", "details": [{"fieldViolations": violations}]}}
    monkeypatch.setattr(type(audience.emulator), "refusal", lambda *_: document)
    audience.emulator.faults.append(Fault(status=400))
    with pytest.raises(BatchRefusedError, match=r"^400 NOT_FOUND$"):
        audience.deliver([change("a", email="a@example.com", phone=None)])


@pytest.mark.parametrize("name", ["google"])
def test_a_token_is_used_again_and_a_revoked_one_stops_the_run(audience: Bench) -> None:
    row = change("a", email="a@example.com", phone=None)
    audience.deliver([row], [row], [row])
    paths = [call.path for call, _ in audience.emulator.calls]
    assert paths == ["/token", *["/v1/audienceMembers:ingest"] * 3]
    audience.emulator.faults.append(Fault(status=401))
    audience.put([{"member_key": "a", "profile_id": "a", "email": "a@example.com", "phone": None}])
    with pytest.raises(SyncStoppedError, match="cannot be used: 401"):
        audience.run()
