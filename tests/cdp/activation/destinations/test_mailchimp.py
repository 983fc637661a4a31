"""What is Mailchimp's alone: statuses that are left alone, hashes, and ten requests at a time."""

from __future__ import annotations

from typing import cast

import pytest

from cdp.activation.destinations.base import DestinationSettingError
from cdp.activation.destinations.mailchimp import subscriber_hash
from cdp.settings import Settings
from tests.cdp.activation.destinations.case_mailchimp import CASE, row
from tests.cdp.activation.destinations.conftest import OpenBench
from tests.cdp.activation.destinations.contract import Bench
from tests.cdp.activation.emulators.mailchimp import MailchimpEmulator

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench(CASE)


def test_nobody_who_has_unsubscribed_is_subscribed_again(bench: Bench) -> None:
    """Neither by what we think is new nor by what we know is there."""
    emulator = cast(MailchimpEmulator, bench.emulator)
    sent = [row(number, "old") for number in range(3)]
    bench.deliver(bench.changes(sent))
    gone = bench.case.key_of(1)
    emulator.statuses[gone] = "unsubscribed"
    changed = [row(number, "new") for number in range(3)]
    results = bench.deliver(bench.changes(sent), bench.changes(changed, "update"))
    assert {result.status for result in results} == {"accepted"}
    assert emulator.statuses[gone] == "unsubscribed"
    assert emulator.held() == bench.expected(changed)
    assert emulator.violations == []


def test_new_contacts_go_together_and_the_others_one_by_one(bench: Bench) -> None:
    sent = [row(number, "old") for number in range(3)]
    bench.deliver(bench.changes(sent), bench.changes([*sent[:2], row(5, "old")]))
    methods = [call.method for call, _ in bench.emulator.calls]
    assert methods == ["POST", "POST", "PUT", "PUT"]


def test_a_key_that_is_not_the_hash_of_the_address_is_rejected(bench: Bench) -> None:
    sent = [row(number, "old") for number in range(3)]
    right, wrong, none = bench.changes(
        [sent[0], {**sent[1], "subscriber_hash": "x"}, {**sent[2], "email_address": None}]
    )
    results = bench.deliver([right, wrong, none])
    assert [result.reason for result in results] == [
        None,
        "the key is not the MD5 of the lower-case address",
        "the row has no address",
    ]
    assert bench.emulator.held() == bench.expected(sent[:1])


def test_the_hash_is_that_of_the_lower_case_address(settings: Settings) -> None:
    assert subscriber_hash("Urist.McVankab@freddiesjokes.com") == (
        "62eeb292278cc15f5817cb78f7790b08"
    )


def test_a_status_other_than_subscribed_is_for_new_contacts(bench: Bench) -> None:
    emulator = cast(MailchimpEmulator, bench.emulator)
    bench.deliver(bench.changes([row(0, "old")]))
    both = [row(0, "new"), row(1, "new")]
    bench.deliver(bench.changes(both), spec=bench.spec(status_if_new="pending"))
    assert [emulator.statuses[CASE.key_of(number)] for number in range(2)] == [
        "subscribed",
        "pending",
    ]


def test_no_more_than_ten_requests_are_under_way_at_once(bench: Bench) -> None:
    sent = [row(number, "old") for number in range(40)]
    bench.put(sent)
    bench.run()
    bench.emulator.delay_seconds = 0.01
    bench.put([row(number, "new") for number in range(40)])
    assert bench.run(bench.spec(batch_size=1)).updated == 40
    assert 1 < bench.emulator.peak <= 10
    assert bench.emulator.violations == []


def test_the_data_centre_is_at_the_end_of_the_key(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CDP_MAILCHIMP_URL")

    async def account(session: object) -> str:
        return str(getattr(session, "account", None))

    assert bench.in_session(account).startswith("us6.api.mailchimp.com/")
    monkeypatch.setenv("CDP_MAILCHIMP_KEY", "0123456789abcdef")
    with pytest.raises(DestinationSettingError, match="CDP_MAILCHIMP_URL is not set"):
        bench.in_session(account)
