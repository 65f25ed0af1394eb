"""The feed of changes: each entry once, at its newest change; what is closed as a bare mark."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from door import make_program
from fastapi.testclient import TestClient
from hsds_schemas import validator
from open_catalogue import OPEN, SECRET, add_every_sort
from serving import served
from sqlalchemy import select

from api.app import create_app
from jobs.demo.load import load_demo
from jobs.program import Program
from jobs.runtime import run_pending
from resources import open_feed
from resources.commands import set_status, verify_offering
from resources.database import Database
from resources.merging import merge_resources
from resources.models import Location, Offering, Organization, Resource

ROOT = Path(__file__).resolve().parents[2]
FEED = "/feed/service-at-locations"
NODE = ROOT / ".venv" / "bin" / "node"


@pytest.fixture
def made(program: Program) -> dict[str, Offering]:
    with program.database.writing(by="test") as session:
        return add_every_sort(session)


def walk(client: TestClient, start: str = FEED) -> tuple[list[dict[str, Any]], str]:
    """Return all items from a page on, and where to ask for more later."""
    items: list[dict[str, Any]] = []
    url = start
    while True:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert set(page) == {"next", "items", "license"}
        following = page["next"].removeprefix("http://testserver")
        if not page["items"]:
            assert following == url or url == FEED
            return items, following
        last = page["items"][-1]
        assert following == f"{FEED}?afterTimestamp={last['modified']}&afterId={last['id']}"
        items += page["items"]
        url = following


def positions(items: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(i["modified"], i["id"]) for i in items]


def test_all_that_is_open_is_in_the_feed_once_and_in_order(
    client: TestClient, made: dict[str, Offering], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, _ = walk(client)
    assert {i["id"] for i in whole} == {str(made[name].id) for name in OPEN}
    assert {i["state"] for i in whole} == {"updated"}
    assert positions(whole) == sorted(positions(whole))
    assert SECRET not in json.dumps(whole, ensure_ascii=False)
    for item in whole:
        assert item["data"] == client.get(f"/hsds/service_at_locations/{item['id']}").json()
    # The same in many small pages.
    monkeypatch.setattr(open_feed.items_after, "__kwdefaults__", {"limit": 2})
    assert walk(client) == (whole, walk(client)[1])


def test_whoever_reads_on_gets_just_what_changed_since(
    client: TestClient, program: Program, made: dict[str, Offering]
) -> None:
    _, later = walk(client)
    assert walk(client, later) == ([], later)
    with program.database.writing(by="test") as session:
        session.get_one(Resource, made["plain"].resource_id).fee_yen = 500
    with program.database.writing(by="test") as session:
        session.get_one(Resource, made["plain"].resource_id).fee_yen = 600
    items, later = walk(client, later)
    assert [i["id"] for i in items] == [str(made["plain"].id)]
    assert items[0]["data"]["service"]["fees_description"] == "1 回 600 円"
    assert walk(client, later)[0] == []


def test_changes_of_one_second_are_each_told_once_whenever_the_reader_asks(
    client: TestClient, program: Program, made: dict[str, Offering]
) -> None:
    """Many changes follow each other at once, several in one transaction; a reader misses none."""
    whole, later = walk(client)
    known = {i["id"]: i["modified"] for i in whole}
    two = [made["plain"], made["full"]]
    for step in range(12):
        touched = two if step % 3 == 0 else [two[step % 2]]
        with program.database.writing(by="test") as session:
            for offering in touched:
                session.get_one(Resource, offering.resource_id).fee_yen = 100 + step
        if step % 2:
            continue  # the reader asks after some of them only
        items, later = walk(client, later)
        assert positions(items) == sorted(positions(items))
        assert {str(o.id) for o in touched} <= {i["id"] for i in items}
        for item in items:
            assert item["modified"] > known[item["id"]]
            assert item["data"] == client.get(f"/hsds/service_at_locations/{item['id']}").json()
            known[item["id"]] = item["modified"]
    assert len({i["modified"] for i in walk(client)[0] if i["id"] in {str(o.id) for o in two}}) == 2
    walk(client, later)


@pytest.mark.parametrize("way", ["closed", "paused", "hidden", "team", "unverified", "removed"])
def test_what_is_open_no_more_becomes_a_mark_that_says_nothing(
    client: TestClient, program: Program, made: dict[str, Offering], way: str
) -> None:
    _, later = walk(client)
    plain = made["plain"]
    with program.database.writing(by="test") as session:
        if way in ("closed", "paused"):
            set_status(session, resource_id=plain.resource_id, status=way, reason="x", by="test")
        elif way in ("hidden", "team"):
            session.get_one(Location, plain.location_id).visibility = way
        elif way == "unverified":
            session.get_one(Offering, plain.id).verified_on = None
        else:
            session.delete(session.get_one(Offering, plain.id))
    items, later = walk(client, later)
    assert [{k: v for k, v in i.items() if k != "modified"} for i in items] == [
        {"state": "deleted", "kind": "ServiceAtLocation", "id": str(plain.id)}
    ]
    # From the beginning too it stands once, as a mark.
    assert [i["state"] for i in walk(client)[0] if i["id"] == str(plain.id)] == ["deleted"]
    assert walk(client, later)[0] == []


def test_a_change_to_a_host_moves_all_that_it_runs(
    client: TestClient, program: Program, made: dict[str, Offering]
) -> None:
    with program.database.writing(by="test") as session:
        host = session.get_one(Resource, made["plain"].resource_id).organization_id
        session.get_one(Resource, made["full"].resource_id).organization_id = host
    _, later = walk(client)
    with program.database.writing(by="test") as session:
        session.get_one(Organization, host).phone = "03-0000-0000"
    items, _ = walk(client, later)
    assert {i["id"] for i in items} == {str(made["plain"].id), str(made["full"].id)}
    assert len({i["modified"] for i in items}) == 1


def test_an_entry_merged_away_becomes_a_mark_and_its_id_leads_to_the_one_kept(
    client: TestClient, program: Program, made: dict[str, Offering]
) -> None:
    _, later = walk(client)
    kept, merged = made["plain"], made["full"]
    with program.database.writing(by="test") as session:
        merge_resources(session, kept_id=kept.resource_id, merged_id=merged.resource_id, by="test")
    items, _ = walk(client, later)
    assert {(i["id"], i["state"]) for i in items} >= {(str(merged.id), "deleted")}
    assert client.get(f"/hsds/service_at_locations/{merged.id}").status_code == 404
    answer = client.get(f"/hsds/services/{merged.resource_id}", follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == f"/hsds/services/{kept.resource_id}"


def test_a_confirmation_moves_an_entry(
    client: TestClient, program: Program, made: dict[str, Offering]
) -> None:
    _, later = walk(client)
    with program.database.writing(by="test") as session:
        verify_offering(
            session,
            offering_id=made["plain"].id,
            verified_by="host",
            on=made["plain"].verified_on.replace(day=20),
            by="test",
        )
    assert [i["id"] for i in walk(client, later)[0]] == [str(made["plain"].id)]


@pytest.mark.parametrize(
    "asked",
    ["afterTimestamp=5", "afterId=x&afterTimestamp=1", "afterTimestamp=-1&afterId=" + "0" * 32,
     "afterTimestamp=99999999999999999999&afterId=" + "0" * 32, "afterTimestamp=soon"],
)  # fmt: skip
def test_a_place_in_the_feed_that_cannot_be_is_refused(client: TestClient, asked: str) -> None:
    answer = client.get(f"{FEED}?{asked}")
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]


def test_no_page_is_kept_for_long_since_a_place_may_become_hidden(client: TestClient) -> None:
    assert client.get(FEED).headers["cache-control"] == "public, max-age=8"


def validated(url: str) -> dict[str, Any]:
    if not (ROOT / "node_modules" / "@openactive" / "rpde-validator").is_dir():
        pytest.skip("the validator of npm isn't here: make test installs it")
    done = subprocess.run(
        [NODE, ROOT / "tests" / "support" / "rpde.js", url, "50"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_openactives_validator_finds_no_failure(sqlite_database: Database, tmp_path: Path) -> None:
    program = make_program(sqlite_database, tmp_path / "home")
    with served(create_app(program.settings, program)) as url:
        empty = validated(f"{url}{FEED}")
        load_demo(program)
        # What is updated while the validator walks may stand twice, and it would say so.
        run_pending(program)
        TestClient(create_app(program.settings, program)).get(FEED)
        with program.database.writing(by="test") as session:
            for id_ in session.scalars(
                select(Resource.id)
                .where(Resource.kind == "salon", Resource.status == "published")
                .limit(40)
            ):
                set_status(session, resource_id=id_, status="closed", reason="x", by="test")
        filled = validated(f"{url}{FEED}")
        elsewhere = validated(f"{url}/hsds/services")
    assert [e for e in empty["errors"] if e["severity"] == "failure"] == []
    assert filled["pages"] >= 3  # more than one page, and the last, empty one
    assert [e for e in filled["errors"] if e["severity"] == "failure"] == []
    # The validator does find failures where a page is no feed.
    assert [e for e in elsewhere["errors"] if e["severity"] == "failure"]


def test_what_the_feed_holds_is_valid_hsds(
    client: TestClient, made: dict[str, Offering], shared_data: Path
) -> None:
    items, _ = walk(client)
    for item in items:
        validator(shared_data / "hsds" / "schema", "service_at_location").validate(item["data"])
