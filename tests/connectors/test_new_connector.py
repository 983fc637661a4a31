"""`cdp new connector`: what it writes parses, builds and fills the contracts, as written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pytest

from cdp.connectors.contracts import draft
from cdp.connectors.draft import Draft
from cdp.connectors.errors import ConnectorError
from cdp.connectors.new import new_connector
from cdp.connectors.sample import sample_of_file
from cdp.settings import Settings
from tests.conftest import make_settings
from tests.dbt_process import DbtProcess
from tests.project.platform import Platform
from tests.project_copy import copy_project

RATINGS = """rating_id,email,product_id,stars,rated_at
r1,ada@example.com,P-1,5,2026-11-02T09:14:00Z
r2,Bo@Example.com,P-2,3,2026-11-03T09:14:00Z
"""
# Comes after the sample.
LATER_RATINGS = """rating_id,email,product_id,stars,rated_at
r3,,P-1,many,2026-11-04T09:14:00Z
,ada@example.com,P-1,1,2026-11-05T09:14:00Z
"""
CONTACTS = """\
Customer ID;E-Mail;Mobile Phone;First Name;Surname;Country;Accepts Marketing;SMS Opt-In
1;ada@example.com;+49 151 28840937;Ada;Lo;Deutschland;yes;no
2;bo@example.com;0151 28840938;Bo;Mu;AT;no;
3;cy@example.com;;Cy;Nu;Atlantis;yes;yes
"""
TIME = "2026-11-02T09:14:00Z"
ORDERS = [
    ("1", "ada@example.com", 10.5, "eur", "Paid", TIME),
    ("2", "bo@example.com", 7, "GBP", "void", TIME),
    ("3", "cy@example.com", "n/a", "EUR", "on_hold", TIME),
]
ORDER_COLUMNS = ("orderId", "Email", "total", "currency", "state", "createdAt")
# As a tool that copies tables keeps them: the second person was deleted.
PEOPLE = """
select * from (
    values
    (1, 'ada@example.com', 'Ada', timestamp '2026-11-01 10:00:00', false),
    (2, 'bo@example.com', 'Bo', timestamp '2026-11-02 10:00:00', true)
) as people (id, email, firstname, _fivetran_synced, _fivetran_deleted)
"""
INPUTS = (
    *("--resource-type", "seed", "--resource-type", "model"),
    *(
        "--select",
        "+path:models/staging/inputs",
        "+int_journeys__timeline",
        "+int_profiles__contact_records",
    ),
)


@pytest.fixture
def settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Settings:
    return make_settings("duckdb", tmp_path / "warehouse", monkeypatch, request)


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """Samples of four connectors, where landing expects them."""
    folder = tmp_path / "landing"
    files = {
        "reviews/ratings/2026-11.csv": RATINGS,
        "newsletter/contacts/export.csv": CONTACTS,
        "shop/orders/1.jsonl": "".join(
            json.dumps(dict(zip(ORDER_COLUMNS, order, strict=True))) + "\n" for order in ORDERS
        ),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    (folder / "tracker/events").mkdir(parents=True)
    events = duckdb.connect().query(
        "select 'e' || range as event_id, 'a1' as anonymousId, "
        "case range when 0 then 'u1' end as userId, "
        "'Product Viewed' as event, timestamp '2026-11-01 10:00:00' + to_hours(range) as timestamp "
        "from range(3)"
    )
    events.write_parquet(str(folder / "tracker/events/1.parquet"))
    return folder


def drafted(file: Path, entity: str = "things") -> Draft:
    return draft("some", entity, sample_of_file(file), lambda values: None)


def test_files_of_four_systems_fill_the_contracts(
    settings: Settings, landing: Path, tmp_path: Path, dbt_process: DbtProcess
) -> None:
    project = copy_project(tmp_path / "project")
    names = ("reviews", "newsletter", "shop", "tracker")
    for name in names:
        files = sorted((landing / name).rglob("*.*"))
        written = new_connector(settings, name, files, project=project)
        lines = sum((project / file).read_text().count("\n") for file in written.files)
        has_consents = any(draft.consents for draft in written.drafts)
        assert len(written.files) == (5 if has_consents else 4)
        assert has_consents or lines <= 120, (name, lines)
    variables = {"CDP_TARGET": "duckdb", "CDP_CONNECTORS": ",".join((*names, "people"))}
    platform = Platform.create(tmp_path / "platform", variables, dbt_process)
    with platform.warehouse() as warehouse:
        warehouse.execute("create schema vendor")
        warehouse.execute(f"create table vendor.people as {PEOPLE}")
    settings = settings.model_copy(update={"duckdb_path": platform.folder / "warehouse.duckdb"})
    new_connector(settings, "people", tables=["vendor.people"], project=project)
    platform.add_files(landing)
    (platform.landing / "reviews/ratings/2026-12.csv").write_text(LATER_RATINGS)
    platform.land()
    # dbt reads the variable while the project is parsed.
    environment = {**os.environ, **platform.environment}
    dbt_process.check("build", *INPUTS, environment=environment, project=project)
    staged = [f"path:models/staging/{name}" for name in (*names, "people")]
    dbt_process.check(
        *("test", "--indirect-selection", "cautious", "--select", *staged),
        *("assert_every_source_is_staged", "assert_every_staging_model_is_registered"),
        environment=environment,
        project=project,
    )

    reasons = platform.rows(
        "select _quarantine_reason from cdp_staging.base_reviews__ratings"
        " where _row_status = 'quarantined'"
    )
    assert reasons == [("rating_id is missing",)]
    assert platform.rows(
        "select stars from cdp_staging.stg_reviews__ratings order by rating_id"
    ) == [(5,), (3,), (None,)]
    assert platform.rows(
        "select connector, count(*) from cdp_journeys.int_journeys__timeline as t"
        " inner join (values ('reviews'), ('newsletter'), ('shop'), ('tracker')) as n (connector)"
        " on t.channel = n.connector group by 1 order by 1"
    ) == [("newsletter", 7), ("reviews", 3), ("shop", 3), ("tracker", 3)]
    contacts = platform.rows(
        "select email_identifier, phone, country from cdp_contacts.int_profiles__contact_records"
        " where source_model = 'stg_newsletter__contacts' order by 1"
    )
    assert contacts == [
        ("ada@example.com", "+4915128840937", "DE"),
        ("bo@example.com", "+4315128840938", "AT"),
        ("cy@example.com", None, "ATLANTIS"),
    ]
    consents = platform.rows(
        "select identifier_value, consent_channel, status from cdp_staging.input_consents"
        " order by 1, 2"
    )
    assert consents == [
        ("+4915128840937", "sms", "withdrawn"),
        ("ada@example.com", "email", "granted"),
        ("bo@example.com", "email", "withdrawn"),
        ("cy@example.com", "email", "granted"),
    ]
    orders = platform.rows(
        "select order_id, status, currency, cast(amount as text), event_name"
        " from cdp_staging.input_orders order by 1"
    )
    assert orders == [
        ("1", "paid", "EUR", "10.50", "order_completed"),
        ("2", "void", "GBP", "7.00", "order_placed"),
        ("3", "on_hold", "EUR", None, "order_placed"),
    ]
    assert (
        "newsletter_customer,85,true,5"
        in (project / "seeds/identity/identifier_types.csv").read_text()
    )


def test_nothing_is_overwritten(settings: Settings, landing: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    file = landing / "reviews/ratings/2026-11.csv"
    written = new_connector(settings, "reviews", [file], project=project)
    edited = project / written.files[0]
    edited.write_text("-- edited")
    with pytest.raises(
        ConnectorError, match="models/staging/reviews is there already: nothing was written"
    ):
        new_connector(settings, "reviews", [file], project=project)
    assert edited.read_text() == "-- edited"


@pytest.mark.parametrize(
    ("name", "file", "message"),
    [
        ("my-reviews", "reviews/ratings/2026-11.csv", "use small letters and single"),
        ("reviews", "reviews/none.csv", "There is no file"),
        ("reviews", "reviews/ratings/2026-11.xlsx", "is not a .csv, .tsv, .jsonl or .parquet file"),
    ],
)
def test_errors_say_what_to_do(
    settings: Settings, landing: Path, tmp_path: Path, name: str, file: str, message: str
) -> None:
    with pytest.raises(ConnectorError, match=message):
        new_connector(settings, name, [landing / file], project=copy_project(tmp_path / "project"))


def test_a_number_that_is_a_name_stays_text(tmp_path: Path) -> None:
    file = tmp_path / "things.csv"
    file.write_text(
        "id,zip,count,share,is_new,order\n1,01067,3,0.5,true,x\n2,80331,4,0.25,false,y\n"
    )
    types = {field.name: field.data_type for field in drafted(file).fields}
    assert types == {
        "id": "text", "postcode": "text", "count": "bigint", "share": "numeric(18, 2)",
        "is_new": "boolean", "order_value": "text",
    }  # fmt: skip


def test_a_versioned_table_is_keyed_by_its_id(tmp_path: Path) -> None:
    file = tmp_path / "things.csv"
    file.write_text(
        "thing_id,email,updated_at\n1,a@b.eu,2026-01-01 10:00\n1,a@b.eu,2026-01-02 10:00\n"
    )
    made = drafted(file)
    assert (made.key, made.newest_first) == (["thing_id"], "updated_at")


def test_lines_of_orders_are_numbered(tmp_path: Path) -> None:
    file = tmp_path / "lines.csv"
    file.write_text("order_id,sku,quantity,unit_price\n1,A,2,3.50\n1,B,1,2\n2,A,1,3.50\n")
    made = drafted(file, "lines")
    assert made.key == ["order_id", "line_number"]
    assert list(made.contracts) == ["order_lines"]


def test_an_id_that_the_warehouse_knows_is_that_identifier(tmp_path: Path) -> None:
    file = tmp_path / "things.csv"
    file.write_text("thing_id,member_no,email\n1,L1,a@b.eu\n2,L2,b@b.eu\n3,L3,c@b.eu\n")
    known = {"L1", "L2", "L3"}
    made = draft(
        "some",
        "things",
        sample_of_file(file),
        lambda values: "loyalty_card" if known & set(values) else None,
    )
    assert made.identifiers["loyalty_card"] == "member_no"
