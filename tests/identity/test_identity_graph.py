"""What every guard does, what becomes of ids, and that a run that dies leaves nothing half-done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cdp.settings import Settings
from tests.identity.identity_world import PROJECT, RULES, World
from tests.identity.reference_graph import Identifier, IdentifierType, Override, Record

pytestmark = pytest.mark.slow

DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - timestamps of the warehouse are UTC without zone
EMAIL, PHONE = ("email", "ann@example.org"), ("phone", "+49170")


def contact(number: int, *identifiers: Identifier, day: int = 0) -> Record:
    own = ("contact", f"c{number}")
    return Record("contacts", f"contact-{number}", DAY + timedelta(days=day), (own, *identifiers))


def visit(number: int, *identifiers: Identifier, day: int = 0) -> Record:
    return Record("visits", f"visit-{number}", DAY + timedelta(days=day), identifiers)


def override(decision: str, first: Identifier, second: Identifier) -> Override:
    return Override(f"{decision}-{first[1]}-{second[1]}", decision, (first, second), DAY)


def reasons(world: World) -> dict[Identifier, tuple[str, int]]:
    return {
        (kind, value): (reason, withheld)
        for kind, value, reason, withheld in world.query(
            "select identifier_type, identifier_value, reason, inactive_link_count "
            "from {schema}.identity_suspects"
        )
    }


def statuses(world: World) -> list[str]:
    rows = world.query(
        "select status from {schema}.identity_overrides order by decision desc, override_id"
    )
    return [status for (status,) in rows]


def changes(world: World) -> list[tuple[str, str, int]]:
    return sorted(
        world.query("select change_type, cause, identifier_count from {schema}.identity_changes")
    )


def test_a_hub_of_ten_thousand_welds_nobody(world: World) -> None:
    schema = world.settings.schema
    world.stage([contact(0, EMAIL)])
    with_hub = (
        f"insert into {schema}.test_records (source, record_id, observed_at, contact, email, "
        "_record_key, _row_status, _staged_batch) "
        "select 'contacts', 'm' || n, timestamp '2026-01-02 00:00:00', 'm' || n, "
        "'ann@example.org', 'm' || n, 'accepted', 1 "
        f"from (select row_number() over () as n from {numbers(10_000)}) as numbered"
    )
    world.execute(with_hub)
    world.run()
    assert reasons(world)[EMAIL] == ("shared: contact beyond the limit of 2", 10_001)
    assert world.query("select count(distinct profile_id) from {schema}.profile_identifiers") == [
        (10_002,)
    ]


def numbers(count: int) -> str:
    digits = " cross join ".join(
        f"(values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)) as d{place}" for place in range(4)
    )
    return f"(select 1 as one from {digits} limit {count}) as units"


def test_blocklisted_values_link_nothing_by_value_and_by_pattern(world: World) -> None:
    nobody, zero = ("email", "noone@example.org"), ("phone", "p0")
    world.stage([contact(1, nobody, zero), contact(2, nobody, zero)])
    world.run()
    profiles = world.profiles()
    assert profiles["contact", "c1"] != profiles["contact", "c2"]
    assert len({profiles[each] for each in (nobody, zero, ("contact", "c1"))}) == 3
    assert reasons(world)[nobody] == ("blocklisted: made up", 0)


def test_an_attribute_counts_for_limits_and_never_links(world: World) -> None:
    dates = [("birthday", f"1990-01-0{day}") for day in range(1, 4)]
    world.stage(
        [contact(0, dates[0]), contact(9, dates[0])]
        + [contact(number, EMAIL, date) for number, date in enumerate(dates[:2], start=1)]
    )
    world.run()
    profiles = world.profiles()
    assert profiles["contact", "c1"] == profiles["contact", "c2"]
    assert profiles["contact", "c0"] != profiles["contact", "c9"]
    assert not [each for each in profiles if each[0] == "birthday"]
    world.stage([visit(1, EMAIL), contact(2, EMAIL, dates[1]), contact(1, EMAIL, dates[2])])
    world.run()
    assert world.profiles()[EMAIL] == world.profiles()["contact", "c1"]
    world.stage([Record("contacts", "x", DAY, (EMAIL, dates[0]))])
    world.run()
    assert reasons(world)[EMAIL][0] == "shared: birthday beyond the limit of 2"


def test_a_record_of_attributes_alone_is_none(world: World) -> None:
    """It has no profile, whether it comes at first or later, and its attributes were not seen."""
    world.stage([visit(1, ("initial", "a")), visit(2, EMAIL, ("initial", "b"))])
    world.run()
    world.stage([visit(3, ("initial", "c"))])
    world.run()
    records = world.query("select record_id from {schema}.identity_graph__records")
    assert records == [("visit-2",)]
    seen = world.query("select identifier_value from {schema}.identity_graph__dictionary")
    assert set(seen) == {("b",), (EMAIL[1],)}


def test_a_cookie_leaves_behind_who_uses_it_no_longer(world: World) -> None:
    cookie, old, new = ("cookie", "k"), ("email", "old"), ("email", "new")
    world.stage([visit(1, cookie, old, day=0)])
    world.run()
    assert world.profiles()[cookie] == world.profiles()[old]
    world.stage([visit(2, cookie, new, day=40)])
    world.run()
    profiles = world.profiles()
    assert profiles[cookie] == profiles[new] != profiles[old]
    assert ("split", "link_window", 1) in changes(world)


def test_a_profile_beyond_its_limit_loses_its_weakest_and_newest_link(world: World) -> None:
    world.stage([contact(1, EMAIL, day=1), contact(2, EMAIL, day=2), contact(3, PHONE, day=3)])
    world.stage([visit(1, EMAIL, PHONE, day=4)])
    world.run()
    profiles = world.profiles()
    assert profiles["contact", "c1"] == profiles["contact", "c2"] == profiles[EMAIL]
    assert profiles["contact", "c3"] != profiles[EMAIL]
    # The phone's older link is to the third contact; both links are as strong as the phone.
    assert profiles[PHONE] == profiles["contact", "c3"]
    assert reasons(world)[PHONE] == ("links cut: profile beyond a limit", 1)


def test_a_profile_of_contradicting_attributes_loses_its_weakest_and_newest_link(
    world: World,
) -> None:
    first, second = ("contact", "c1"), ("contact", "c2")
    a, b = ("initial", "a"), ("initial", "b")
    world.stage([contact(1, EMAIL, a), contact(2, PHONE, a, day=1), visit(1, EMAIL, PHONE, day=2)])
    world.run()
    assert world.profiles()[first] == world.profiles()[second]
    # Neither links nor members are others than before: what contradicts is seen on the whole alone.
    world.stage([contact(2, PHONE, b, day=1)])
    world.run()
    profiles = world.profiles()
    assert profiles[first] == profiles[EMAIL] != profiles[second] == profiles[PHONE]
    assert world.found().links[EMAIL, PHONE] == "profile_limit"
    assert reasons(world)[PHONE] == ("links cut: profile beyond a limit", 1)
    assert ("split", "profile_limit", 2) in changes(world)
    # A contact whose initial was corrected tells nothing, and no more does its phone.
    world.stage([Record("contacts", "corrected", DAY, (second, PHONE, a))])
    world.run()
    assert world.profiles()[first] == world.profiles()[second]
    assert world.found() == world.expected()


def test_a_shared_mailbox_that_an_override_joins_tells_no_attribute(world: World) -> None:
    first, a, b = ("contact", "c1"), ("initial", "a"), ("initial", "b")
    world.write_rules(replace(RULES, overrides=(override("always", first, EMAIL),)))
    world.stage([contact(1, PHONE, a), contact(2, EMAIL), contact(3, EMAIL), contact(4, EMAIL, b)])
    world.run()
    assert reasons(world)[EMAIL][0] == "shared: contact beyond the limit of 2"
    assert world.profiles()[first] == world.profiles()[EMAIL] == world.profiles()[PHONE]
    assert world.found() == world.expected()


def test_overrides_win_over_every_guard_and_are_taken_back(world: World) -> None:
    first, second = ("contact", "c1"), ("contact", "c2")
    world.stage([contact(1, EMAIL), contact(2, PHONE)])
    world.run()
    before = world.found()
    world.write_rules(replace(RULES, overrides=(override("always", first, second),)))
    world.run()
    assert world.profiles()[first] == world.profiles()[second]
    world.write_rules(replace(RULES, overrides=(override("never", first, EMAIL),)))
    world.run()
    profiles = world.profiles()
    assert len({profiles[each] for each in (first, EMAIL, second)}) == 3
    never = (override("never", first, EMAIL), override("never", first, ("phone", "typo")))
    world.write_rules(replace(RULES, overrides=(*never, override("always", first, EMAIL))))
    world.run()
    assert statuses(world) == ["contradicted", "unknown_identifier", "in_force"]
    world.write_rules(RULES)
    world.run()
    assert world.found() == before


def test_ids_are_kept_through_merge_and_split_and_old_ones_resolve(world: World) -> None:
    first, second = ("contact", "c1"), ("contact", "c2")
    world.stage([contact(1, EMAIL)])
    world.run()
    world.stage([contact(2, PHONE)])
    world.run()
    before = world.profiles()
    world.stage([visit(1, EMAIL, PHONE)])
    world.run()
    merged = world.profiles()
    assert merged[first] == merged[second] == before[first]
    assert world.query("select old_profile_id, profile_id from {schema}.profile_redirects") == [
        (before[second], before[first])
    ]
    world.stage(remove=[("visits", "visit-1")])
    world.run()
    split = world.profiles()
    assert split[first] == before[first]
    assert split[second] not in (before[first], before[second])
    assert changes(world) == [("merge", "link", 2), ("split", "records_gone", 2)]
    world.run("--full-refresh")
    assert world.profiles() == split
    assert len(changes(world)) == 2


def test_nothing_new_changes_nothing(world: World) -> None:
    world.stage([contact(1, EMAIL)])
    world.run()
    before = world.query("select * from {schema}.profile_id_registry")
    world.run()
    assert world.query("select * from {schema}.profile_id_registry") == before


@pytest.mark.parametrize("batch", [-5, 5_000])
def test_a_source_that_was_staged_anew_is_compared_whole(world: World, batch: int) -> None:
    world.stage([contact(1, EMAIL), contact(2, EMAIL), visit(1, EMAIL, PHONE)])
    world.run()
    table = f"{world.settings.schema}.test_records"
    # Without a tombstone, as a full refresh leaves it; and under a clock that went back.
    world.execute(f"delete from {table} where record_id = 'visit-1'")
    world.records.pop(("visits", "visit-1"))
    world.execute(f"update {table} set _staged_batch = {batch}")
    world.run()
    assert world.found() == world.expected()


def test_an_identifier_of_an_unknown_type_names_the_seed(world: World) -> None:
    types = tuple(each for each in RULES.types if each.name != "phone")
    limits = tuple(e for e in RULES.limits if "phone" not in (e.identifier_type, e.neighbour_type))
    world.write_rules(replace(RULES, types=types, limits=limits, blocklist=()))
    world.stage([contact(1, PHONE)])
    with pytest.raises(AssertionError, match="Identifier type phone is not in seed"):
        world.run()


def test_two_identifiers_of_one_key_are_told_apart(world: World) -> None:
    """With hashes of six bits, some seeds collide; the graph is right all the same."""
    short_keys = ("--vars", "{identifier_key_bits: 6}")
    world.options = short_keys
    for count in (3, 6, 10):
        world.stage([contact(number, ("email", f"e{number}")) for number in range(count)])
        world.run()
        assert world.found().people == world.expected().people
    assert world.found().people == world.expected().people
    assert world.query("select key_seed > 0 from {schema}.identity_graph__state") == [(True,)]


def test_a_killed_run_leaves_the_graph_of_the_run_before(
    settings: Settings, world: World, tmp_path: Path
) -> None:
    world.stage([contact(number, ("email", f"e{number % 7}")) for number in range(40)])
    world.run()
    expected = world.found()
    world.stage([visit(number, ("email", f"e{number}"), PHONE) for number in range(7)])
    command = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "run", "--select"]
    command += ["identity_graph", "--project-dir", str(PROJECT), "--profiles-dir", "."]
    for delay in (0.0, 0.15, 0.4):
        log = tmp_path / "logs" / "dbt.log"
        position = log.stat().st_size if log.exists() else 0
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and run.poll() is None:
            if log.exists() and "ig_observed" in log.read_text()[position:]:
                break
            time.sleep(0.01)
        time.sleep(delay)
        was_killed = run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.wait()
        if was_killed:
            assert world.found().people in (expected.people, world.expected().people)
    world.run()
    assert world.found() == world.expected()
    debris = world.query(
        "select table_name from information_schema.tables where table_name like 'ig~_%' escape '~'"
    )
    assert debris == []


def test_a_type_that_links_no_more_splits_what_it_had_linked(world: World) -> None:
    world.stage([contact(1, EMAIL), contact(2, EMAIL)])
    world.run()
    assert len(set(world.profiles().values())) == 1
    types = tuple(
        IdentifierType("email", 80, is_linking=False) if each.name == "email" else each
        for each in RULES.types
    )
    world.write_rules(replace(RULES, types=types))
    world.run()
    assert len(set(world.profiles().values())) == 2
    assert [(kind, cause) for kind, cause, _ in changes(world)] == [("split", "rules")]


def test_ids_of_an_earlier_version_are_not_created_again(world: World) -> None:
    world.execute(f"create table {world.settings.schema}.identity_graph__ledger (profile_id text)")
    world.stage([contact(1, EMAIL)])
    with pytest.raises(AssertionError, match="upgrade the warehouse first"):
        world.run()
