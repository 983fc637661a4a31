"""The customer page in a browser, with the shopper of the boots story, and its queries.

The story is landed with one more record, in which a source wrote down what it should not have.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from cdp.activation.receiver import running_receiver
from cdp.customer_page.app import create_app
from cdp.customer_page.audit import AuditLog, AuditTable, open_audit
from cdp.customer_page.options import PageOptions
from cdp.customer_page.person import Customers
from cdp.customer_page.reader import REQUIRED, Reader, open_readers
from cdp.customer_page.search import search
from cdp.customer_page.users import ROLES, User, hash_password
from cdp.settings import Settings, Target
from tests.dbt_process import DbtProcess
from tests.project.conftest import Built
from tests.project.platform import SECRET, Platform
from tests.project.test_boots_story import NEAR_THE_STORE, STORY, SYNC

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery staple"
MODELS = [f"+{SYNC}", *(f"+{name}" for layer, name in REQUIRED if layer != "rules")]
EMAIL, CARD, DEVICE = "Mara.Lindner@GMAIL.com", "NP100200300", "5f0c7a1e9b3d4826a1c0f4e2d7b69385"
TOKEN = "a3f1c9e07b5d42868e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f"
# What reaches Mara or Jonas, in any spelling that a record has; looked for without regard to case.
SECRETS = ("mara.lindner", "maralindner", "lindner", "mara ", ">mara", "gartenstr", "1990-03-17")
SECRETS += ("10115", TOKEN, "+49151", "0151", "jonas", "peters", "+49171", "0171", "karla")
ATTACK = "<img src=x onerror=alert(1)>"
VIEWS = ("overview", "timeline", "identity", "traits")


@dataclass(frozen=True)
class Served:
    """The page, served from a thread of the test."""

    url: str
    audit: AuditTable

    def status(self, path: str, **headers: str) -> int:
        host = self.url.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=20)
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status


@contextmanager
def environment_of(platform: Platform) -> Iterator[Settings]:
    """The variables of a platform, for as long as its warehouse is read."""
    with mock.patch.dict(os.environ, platform.environment):
        yield Settings.from_environment()


@contextmanager
def serving(settings: Settings, users: tuple[User, ...], local: User) -> Iterator[Served]:
    audit = open_audit(settings)
    options = PageOptions("127.0.0.1", 0, {u.name: u for u in users}, local, b"s" * 32)
    app = create_app(options, open_readers(settings), AuditLog(audit, options.secret))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}", audit)
    server.should_exit = True
    thread.join()


def indiscreet_record() -> str:
    """A record of Mara's browser with what nobody should write into an event."""
    file = STORY / "base/web/events/events-2026-11-04.jsonl"
    record = json.loads(file.read_text().splitlines()[-1])
    page = {"url": "https://www.nordpfad.example/u/Mara.Lindner@gmail.com"}
    page |= {"path": "/u/Mara.Lindner@gmail.com"}
    record |= {"message_id": "web-mara-09", "timestamp": "2026-11-04T18:23:00.000Z"}
    record["context"]["page"] |= page
    record["properties"] = {
        "note": "Mara Lindner or her sister Karla, 0151 23456789",
        "color": ATTACK,
        "size": "37",
    }
    return json.dumps(record) + "\n"


@pytest.fixture(scope="module")
def story(dbt_process: DbtProcess, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The boots story, built and delivered."""
    folder = tmp_path_factory.mktemp("customer")
    platform = Platform.create(folder / "platform", {"CDP_TARGET": "duckdb"}, dbt_process)
    platform.add_files(STORY / "base")
    (platform.landing / "web/events/events-2026-11-06.jsonl").write_text(indiscreet_record())
    platform.land()
    kinds = ("--resource-type", "seed", "--resource-type", "model")
    platform.build("--select", *MODELS, *kinds, as_of=NEAR_THE_STORE)
    with running_receiver(folder / "received.sqlite", secret=SECRET) as receiver:
        platform.deliver(receiver, SYNC, as_of=NEAR_THE_STORE)
    return platform.shared()


@pytest.fixture(scope="module")
def served(story: Platform) -> Iterator[Served]:
    """The page behind a sign-in."""
    hashed = hash_password(PASSWORD)
    users = tuple(User(role, ROLES[role], hashed) for role in ("agent", "analyst"))
    with environment_of(story) as settings, serving(settings, users, users[1]) as page:
        yield page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def sign_in(page: Page, served: Served, name: str, password: str = PASSWORD) -> None:
    page.goto(served.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def look_up(page: Page, term: str) -> None:
    page.get_by_label("Search").fill(term)
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()


def mara_of(story: Platform) -> str:
    query = (
        "select profile_id from cdp_identity.profile_identifiers "
        f"where identifier_type = 'device' and identifier_value = '{DEVICE}'"
    )
    return str(story.rows(query)[0][0])


def test_an_agent_finds_the_shopper_and_her_journey(
    page: Page, served: Served, story: Platform
) -> None:
    mara = mara_of(story)
    sign_in(page, served, "agent")
    for term in (EMAIL, CARD, f"device:{DEVICE.upper()}", "c500000001", mara):
        look_up(page, term)
        assert page.url == f"{served.url}/customers/{mara}", term
    assert page.get_by_role("heading", level=1).inner_text() == "Mara Lindner"
    overview = page.get_by_role("main").inner_text()
    golden = page.get_by_role("row", name=re.compile("^Email"))
    assert "mara.lindner@gmail.com" in golden.inner_text()
    assert "stg_crm__contacts" in golden.inner_text()
    assert "2026-11-04 18:21" in golden.inner_text()
    assert "form:app-settings:v1" in overview
    assert "nearby abandoned product" in overview
    assert "entered 2026-11-14 15:05" in overview
    assert "10% off Fellkant Eiger Winter Boots" in overview
    assert re.search(r"webhook nearby offers insert\s*delivered", overview)
    assert re.search(r"new\s*now", overview)
    assert "holdout" not in overview

    page.get_by_role("link", name="Timeline").click()
    events = page.locator("li.event strong").all_inner_texts()
    story_backwards = ["Location pinged", "Email opened", "Order completed", "App opened"]
    story_backwards += ["Signed up", "Product viewed", "Page viewed"]
    assert [name for name in dict.fromkeys(events) if name in story_backwards] == [
        *story_backwards[:4],
        *[name for name in dict.fromkeys(events) if name in story_backwards[4:]],
    ]
    till = page.locator("li.event", has_text="Order completed").inner_text()
    assert "Norrsken Inari Merino Socks" in till
    assert "Nordpfad Berlin" in till
    assert page.locator("li.event", has_text="Fellkant Eiger Winter Boots").count() >= 3
    assert page.locator("img").count() == 0, "what a source wrote has become part of the page"
    assert any(ATTACK in text for text in page.locator("dl.properties").all_text_contents())
    page.get_by_role("link", name=re.compile("^email")).click()
    assert set(page.locator("li.event .channel").all_inner_texts()) == {"email"}

    page.get_by_role("link", name="Identity").click()
    assert page.locator("svg .box").count() >= 8
    # Choosing a line leads to its evidence.
    line = page.locator("svg a", has=page.locator("title", has_text="email maralindner")).first
    line.focus()
    page.keyboard.press("Enter")
    evidence = page.locator("tr:target").inner_text()
    assert "stg_" in evidence
    assert "active" in evidence
    card = page.get_by_role("row").filter(has_text=CARD).filter(has_text="maralindner@gmail.com")
    assert "stg_loyalty__members" in card.inner_text()

    page.set_viewport_size({"width": 390, "height": 844})
    for view in VIEWS:
        page.goto(f"{served.url}/customers/{mara}/{view}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, view


def test_an_analyst_sees_no_direct_identifier_anywhere(
    page: Page, served: Served, story: Platform
) -> None:
    mara = mara_of(story)
    sign_in(page, served, "analyst")
    sources = []
    for term in (EMAIL, f"email:{EMAIL}", CARD, "nobody@example.com", "Mara Lindner"):
        look_up(page, term)
        sources.append(page.content())
    for view in VIEWS:
        page.goto(f"{served.url}/customers/{mara}/{view}")
        assert "M*** L***" in page.content()
        sources.append(page.content())
    assert "m***@gmail.com" in sources[0]
    for source in sources:
        found = [secret for secret in SECRETS if secret in source.lower()]
        assert not found
    assert "nobody@example.com" not in "".join(sources)


def test_look_ups_are_recorded_without_what_was_searched_for(
    page: Page, served: Served, story: Platform
) -> None:
    before = len(list(served.audit.read()))
    sign_in(page, served, "analyst")
    for term in (EMAIL, EMAIL.lower(), "nobody@example.com"):
        look_up(page, term)
    rows = list(served.audit.read())[before:]
    mara = mara_of(story)
    by_view = [(row.view_name, row.profile_id) for row in rows]
    shown = [("search", mara), ("overview", mara)]
    assert by_view == [*shown, *shown, ("search", None)]
    assert {(row.user_name, row.role, row.is_masked) for row in rows} == {
        ("analyst", "analyst", True)
    }
    hashes = [row.searched_hash for row in rows if row.view_name == "search"]
    assert hashes[0] == hashes[1] != hashes[2]
    assert all(re.fullmatch("[0-9a-f]{64}", each or "") for each in hashes)
    folder = Path(story.environment["CDP_DATA_DIR"]) / "customer_page"
    assert b"lindner" not in (folder / "audit.sqlite").read_bytes().lower()
    assert {(folder / name).stat().st_mode & 0o077 for name in ("audit.sqlite", ".")} == {0}


def test_signing_in(page: Page, served: Served, story: Platform) -> None:
    address = f"/customers/{mara_of(story)}"
    assert served.status(address) == 303
    assert served.status("/", Cookie="cdp_customer_page=e30.0000") == 303
    sign_in(page, served, "agent", "wrong password")
    assert "Name or password is wrong" in page.get_by_role("alert").inner_text()
    for _ in range(5):
        sign_in(page, served, "ghost", "wrong password")
    assert "Too many attempts" in page.get_by_role("alert").inner_text()
    sign_in(page, served, "agent")
    assert "Too many attempts" in page.get_by_role("alert").inner_text()


def test_attacks_on_the_search_find_nobody(page: Page, story: Platform) -> None:
    local = User("somebody", ROLES["agent"], "")
    with environment_of(story) as settings, serving(settings, (), local) as served:
        page.goto(served.url)
        alerts: list[str] = []
        page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        for term in ("' or '1'='1", "x'; drop table cdp_identity.x; --", "$1", "{rules}", ATTACK):
            look_up(page, term)
            assert page.get_by_role("heading", level=1).inner_text() == "No profile found"
            assert term in page.get_by_role("main").inner_text()
        assert not alerts
        assert page.locator("main img").count() == 0
        # A phone as people of its country write it, and as they do abroad.
        query = (
            "select profile_id from cdp_identity.profile_identifiers "
            "where identifier_type = 'phone' and identifier_value = '+491712345678'"
        )
        ((number,),) = story.rows(query)
        for term in ("0171 / 234 56 78", "+49 (0)171 2345678", "phone:00491712345678"):
            look_up(page, term)
            assert page.url == f"{served.url}/customers/{number}", term
        page.goto(f"{served.url}/customers/{'0' * 32}")
        assert "No such page" in page.content()
        # A form of another site, and another site's name for this address.
        page.goto(served.url)
        page.locator("input[name=token]").evaluate("input => input.value = 'x'")
        look_up(page, EMAIL)
        assert "Please try again" in page.content()
        assert served.status("/", Host="evil.example") == 400
        assert served.status("/") == 200


def sections(reader: Reader, profile_id: str) -> dict[str, object]:
    """Everything that the pages show of one person."""
    people = Customers(reader, sees_identifiers=True)
    parts = ("head", "golden_record", "devices", "lifecycle", "consents", "suppressions")
    parts += ("audiences", "offers", "outcomes", "traits", "identity")
    found = {part: getattr(people, part)(profile_id) for part in parts}
    return found | {"timeline": people.timeline(profile_id, "web", 2)}


def test_both_engines_show_the_same(built: Built) -> None:
    chosen = (
        "select profile_id from cdp_identity.profile_identifiers group by profile_id "
        "order by count(*) desc, profile_id limit 3"
    )
    seen: dict[Target, list[object]] = {}
    targets: tuple[Target, ...] = ("duckdb", "postgres")
    for target in targets:
        platform = built(target)
        profiles = [profile_id for (profile_id,) in platform.rows(chosen)]
        with ExitStack() as stack:
            settings = stack.enter_context(environment_of(platform))
            copied = settings.model_copy(update={"data_dir": settings.data_dir / "of_the_page"})
            copied.data_dir.mkdir(exist_ok=True)
            reader = stack.enter_context(open_readers(copied).open())
            people = Customers(reader, sees_identifiers=True)
            terms = reader.connection.execute(
                "select identifier_type, identifier_value from cdp_identity.profile_identifiers "
                "where identifier_type in ('email', 'phone', 'loyalty_card', 'device', 'order') "
                "order by is_shared desc, identifier_type, identifier_value limit 40"
            )
            found = [search(reader, people.masker, list(people.types), value) for _, value in terms]
            assert all(found)
            assert any(each.how == "shared" for several in found for each in several)
            seen[target] = [found, *(sections(reader, each) for each in profiles)]
            with pytest.raises(Exception, match=r"(?i)read-only"):
                reader.connection.execute("create table cdp_identity.spoiled (x int)")
    assert seen["duckdb"] == seen["postgres"]
