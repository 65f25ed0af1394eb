"""The HSDS read API: every answer is valid, nothing that isn't open is in any of them."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from demo_ward import DemoWard
from fastapi.testclient import TestClient
from hsds_schemas import LISTS, ONES, check_page, validator
from open_catalogue import OPEN, SECRET, add_entry, add_every_sort

from api.app import create_app
from api.hsds.asked import MOST_FULL_PER_PAGE, MOST_PER_PAGE, Offered, Organizations
from jobs.program import Program
from resources import clock
from resources.hsds.ids import taxonomy_id, term_id
from resources.importing import import_opendata
from resources.models import Location, Offering, Resource

NEVER = "00000000-0000-4000-8000-000000000000"


def get(client: TestClient, path: str, **asked: Any) -> Any:
    answer = client.get(f"/hsds{path}", params=asked)
    assert answer.status_code == 200, (path, asked, answer.text)
    return answer.json()


def lines(client: TestClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/hsds{path}", params={**asked, "format": "ndjson"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def every_page(client: TestClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    """Return everything of all pages, each of which must say truly where it stands."""
    found: list[dict[str, Any]] = []
    first = get(client, path, **asked)
    pages = [first] + [
        get(client, path, **{**asked, "page": n}) for n in range(2, first["total_pages"] + 1)
    ]
    for number, page in enumerate(pages, start=1):
        assert page["page_number"] == number
        assert page["size"] == len(page["contents"])
        assert page["first_page"] == (number == 1)
        assert page["last_page"] == (number == len(pages))
        assert page["empty"] == (not page["contents"])
        found += page["contents"]
    assert len(found) == first["total_items"]
    assert len({f["id"] for f in found}) == len(found)
    return found


@pytest.fixture(scope="module")
def demo(demo_ward: DemoWard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = demo_ward.copied(tmp_path_factory.mktemp("hsds"))
    yield program
    program.database.close()


@pytest.fixture(scope="module")
def demo_client(demo: Program) -> TestClient:
    return TestClient(create_app(demo.settings, demo))


@pytest.fixture
def sorts(program: Program) -> dict[str, Offering]:
    """An entry of each sort, and some of which hardly anything is known."""
    with program.database.writing(by="test") as session:
        made = add_every_sort(session)
        add_entry(
            session, name="x" * 40, host={"name": "見本", "email": "no address", "url": "例"},
            resource={"email": "nobody", "url": "javascript:alert(1)", "phone": "\u2028", "steps": [9],
                      "needs": ["forgotten_code"], "requirements": []},
            place={"address": None, "town": None, "number": None, "city": None, "prefecture": None,
                   "postcode": None, "name": None, "step_free": True},
            offering={"schedule": {"rules": "nonsense"}, "schedule_text": "月曜", "places": 2,
                      "availability_said_on": None},
        )  # fmt: skip
    return made


def all_answers(client: TestClient) -> Iterator[tuple[str, Any, bool]]:
    """Give every answer of every route, in every form: (list, page or one object, full)."""
    for what in LISTS:
        forms: list[dict[str, Any]] = [{}, {"per_page": 3, "page": 2}, {"page": 9999}]
        if what not in ("taxonomies", "taxonomy_terms"):
            forms.append({"full": True, "per_page": 20})
        if what == "services":
            forms.append({"minimal": True, "per_page": MOST_PER_PAGE})
        if what == "organizations":
            forms += [{"full_service": True, "per_page": 10}]
        for form in forms:
            page = get(client, f"/{what}", **form)
            yield what, page, bool({"full", "full_service"} & set(form))
            posted = client.post(f"/hsds/{what}", params=form)
            assert posted.json() == page
        for item in get(client, f"/{what}", per_page=5)["contents"]:
            yield what, get(client, f"/{what}/{item['id']}"), True
        for item in lines(client, f"/{what}")[:60]:
            yield what, {"item": item}, False


def check_everything(client: TestClient, schemas: Path) -> int:
    count = 0
    for what, answered, full in all_answers(client):
        if "contents" in answered:
            check_page(schemas, what, answered, full=full)
        elif "item" in answered:
            validator(schemas, LISTS[what]).validate(answered["item"])
        else:
            validator(schemas, ONES[what]).validate(answered)
            if what == "service_at_locations":
                # The specification's own description names this schema for the route.
                validator(schemas, "service").validate(answered)
            for capacity in answered.get("capacities", []):
                validator(schemas, "service_capacity").validate(capacity)
                validator(schemas, "unit").validate(capacity["unit"])
            for place in [answered.get("location"), *answered.get("locations", [])]:
                if place:
                    validator(schemas, "location").validate(place)
        count += 1
    return count


def test_every_answer_over_the_demo_is_valid(demo_client: TestClient, shared_data: Path) -> None:
    assert check_everything(demo_client, shared_data / "hsds" / "schema") > 200


CITIES = (
    "takamatsu/children_club.xlsx", "takamatsu/regional_child_rearing_support_base.xlsx",
    "yaizu/222127_preschool.csv", "yaizu/222127_hokago_dayservices.csv",
    "yaizu/machinakasuzumidokoro.csv",
)  # fmt: skip


def test_everything_of_two_cities_is_valid_on_every_page(
    client: TestClient, program: Program, shared_data: Path
) -> None:
    added = 0
    for name in CITIES:
        with program.database.writing(by="import") as session:
            path = shared_data / "municipal" / name
            added += import_opendata(session, path, by="import", verified_on=clock.today()).added
    schemas = shared_data / "hsds" / "schema"
    for what in ("services", "service_at_locations", "organizations"):
        ids = []
        for form in ({"per_page": 97}, {"per_page": 61, "full": True}):
            whole = every_page(client, f"/{what}", **form)
            ids.append([item["id"] for item in whole])
            for item in whole:
                validator(schemas, ONES[what] if "full" in form else LISTS[what]).validate(item)
        assert ids[0] == ids[1] == [item["id"] for item in lines(client, f"/{what}")]
        assert what == "organizations" or len(ids[0]) == added


def test_every_answer_over_odd_entries_is_valid(
    client: TestClient, sorts: dict[str, Offering], shared_data: Path
) -> None:
    assert check_everything(client, shared_data / "hsds" / "schema") > 50


def test_an_empty_catalogue_answers_empty_pages(client: TestClient, shared_data: Path) -> None:
    for what in ("services", "service_at_locations", "organizations"):
        page = get(client, f"/{what}")
        check_page(shared_data / "hsds" / "schema", what, page)
        assert page == {
            "total_items": 0, "total_pages": 0, "page_number": 1, "size": 0,
            "first_page": True, "last_page": True, "empty": True, "contents": [],
        }  # fmt: skip


def test_nothing_that_is_not_open_is_in_any_answer(
    client: TestClient, sorts: dict[str, Offering]
) -> None:
    shut = {name: o for name, o in sorts.items() if name not in OPEN}
    ids = {str(i) for o in shut.values() for i in (o.id, o.resource_id, o.location_id) if i}
    for _, answered, _ in all_answers(client):
        text = json.dumps(answered, ensure_ascii=False)
        assert SECRET not in text
        assert not [i for i in ids if i in text]
    for offering in shut.values():
        for path in (f"/service_at_locations/{offering.id}", f"/services/{offering.resource_id}"):
            assert client.get(f"/hsds{path}").status_code == 404
    assert get(client, "/services")["total_items"] == len(OPEN) + 1
    assert get(client, "/services", search=SECRET)["total_items"] == 0


def test_a_place_that_is_closed_or_hidden_is_gone_at_once(
    client: TestClient, program: Program, sorts: dict[str, Offering]
) -> None:
    plain = sorts["plain"]
    before = get(client, "/services")["total_items"]
    for table, id_, field, shut in (
        (Resource, plain.resource_id, "status", "closed"),
        (Location, plain.location_id, "visibility", "hidden"),
    ):
        with program.database.writing(by="test") as session:
            row = session.get_one(table, id_)
            kept = getattr(row, field)
            setattr(row, field, shut)
        assert client.get(f"/hsds/service_at_locations/{plain.id}").status_code == 404
        assert client.get(f"/hsds/services/{plain.resource_id}").status_code == 404
        assert get(client, "/services")["total_items"] == before - 1
        with program.database.writing(by="test") as session:
            setattr(session.get_one(table, id_), field, kept)
    assert get(client, "/services")["total_items"] == before


def test_a_hidden_place_of_an_open_service_is_not_told(
    client: TestClient, program: Program, sorts: dict[str, Offering]
) -> None:
    with program.database.writing(by="test") as session:
        hidden = session.get_one(Offering, sorts["hidden"].id)
        hidden.resource_id = sorts["plain"].resource_id
    service = get(client, f"/services/{sorts['plain'].resource_id}")
    assert [p["id"] for p in service["service_at_locations"]] == [str(sorts["plain"].id)]
    organization = get(client, f"/organizations/{service['organization_id']}", full_service=True)
    assert len(organization["locations"]) == 1
    assert SECRET not in json.dumps([service, organization], ensure_ascii=False)


def test_an_invented_entry_says_so(demo_client: TestClient) -> None:
    for service in every_page(demo_client, "/services", per_page=200):
        assert service["name"].startswith("（架空）")
        assert "架空" in service["alert"]
        assert service["ibasho"]["invented"] is True


def test_pages_lines_and_forms_hold_the_same_entries(demo_client: TestClient) -> None:
    for what in ("services", "service_at_locations", "organizations"):
        basic = every_page(demo_client, f"/{what}", per_page=97)
        assert lines(demo_client, f"/{what}") == basic
        salon = {"taxonomy_term_id": term_id("kind", "salon")}
        basic = every_page(demo_client, f"/{what}", per_page=97, **salon)
        full = every_page(demo_client, f"/{what}", per_page=7, full=True, **salon)
        assert [f["id"] for f in full] == [b["id"] for b in basic]
        # What is nested is there as well, and more of it.
        for some, all_ in zip(basic, full, strict=True):
            for key, value in some.items():
                assert key in all_
                assert all_[key] == value or isinstance(value, dict)
    minimal = every_page(demo_client, "/services", minimal=True, per_page=500)
    basic = every_page(demo_client, "/services", per_page=100)
    for some, all_ in zip(minimal, basic, strict=True):
        assert set(some) == {"id", "name", "status", "last_modified", "modified_date"}
        assert some.items() <= all_.items()
    assert lines(demo_client, "/services", minimal=True) == minimal


def test_what_is_listed_is_found_by_its_id(demo_client: TestClient) -> None:
    for what in ("services", "service_at_locations", "organizations"):
        for item in get(demo_client, f"/{what}", full=True, per_page=5)["contents"]:
            one = get(demo_client, f"/{what}/{item['id']}")
            assert one == item


def test_modified_after_holds_what_changed_at_that_very_moment(
    client: TestClient, program: Program, sorts: dict[str, Offering]
) -> None:
    get(client, "/services")
    with program.database.writing(by="test") as session:
        session.get_one(Location, sorts["plain"].location_id).address = "東京都豊島区のどこか"
    newest = get(client, "/services", sort="modified")["contents"][0]
    assert newest["id"] == str(sorts["plain"].resource_id)
    at = newest["last_modified"]
    for what, id_ in (("services", "resource_id"), ("service_at_locations", "id")):
        found = get(client, f"/{what}", modified_after=at)["contents"]
        assert [f["id"] for f in found] == [str(getattr(sorts["plain"], id_))]
        later = (datetime.fromisoformat(at) + timedelta(microseconds=1)).isoformat()
        assert get(client, f"/{what}", modified_after=later)["total_items"] == 0
        # The same moment with an offset, whose plus sign arrives as a space.
        early = client.get(f"/hsds/{what}?modified_after=2020-01-01T09:00:00+09:00").json()
        assert early["total_items"] == len(OPEN) + 1
        assert get(client, f"/{what}", modified_after="2020-01-01") == early
        assert get(client, f"/{what}", modified_after="2100-01-01")["total_items"] == 0


def test_a_note_of_the_staff_changes_nothing_outside(
    client: TestClient, program: Program, sorts: dict[str, Offering]
) -> None:
    before = get(client, f"/services/{sorts['plain'].resource_id}")
    with program.database.writing(by="test") as session:
        resource = session.get_one(Resource, sorts["plain"].resource_id)
        resource.host_support, resource.contact_note = SECRET, SECRET
        resource.accepted_audience, resource.publishes_members = ["elderly"], True
    assert get(client, f"/services/{sorts['plain'].resource_id}") == before


def test_what_lies_around_a_postcode_is_found(demo_client: TestClient) -> None:
    everywhere = every_page(demo_client, "/service_at_locations", per_page=500)
    near = every_page(demo_client, "/service_at_locations", postcode="1700005", proximity=600)
    wider = every_page(demo_client, "/service_at_locations", postcode="170-0005", proximity="900")
    ids = [{p["id"] for p in found} for found in (near, wider, everywhere)]
    assert set() < ids[0] < ids[1] < ids[2]
    whole = get(demo_client, "/service_at_locations", postcode="170-0005", proximity=600, full=True)
    codes = {a["postal_code"] for p in whole["contents"] for a in p["location"]["addresses"]}
    assert "170-0005" in codes


def test_terms_and_taxonomies_are_the_closed_lists(demo_client: TestClient, demo: Program) -> None:
    vocabulary = demo.vocabulary
    terms = every_page(demo_client, "/taxonomy_terms", per_page=30)
    assert {(t["taxonomy_id"], t["code"]) for t in terms} == {
        (taxonomy_id(axis), code) for axis in vocabulary.axes for code in vocabulary.codes(axis)
    }
    assert every_page(demo_client, "/taxonomy_terms", top_only=True, per_page=500) == terms
    assert every_page(demo_client, "/taxonomy_terms", parent_id=NEVER) == []
    kinds = every_page(demo_client, "/taxonomy_terms", taxonomy_id=taxonomy_id("kind"))
    assert {k["code"] for k in kinds} == set(vocabulary.codes("kind"))
    salons = every_page(demo_client, "/services", taxonomy_term_id=term_id("kind", "salon"))
    assert salons
    for salon in salons[:3]:
        whole = get(demo_client, f"/services/{salon['id']}")
        assert term_id("kind", "salon") in {a["taxonomy_term_id"] for a in whole["attributes"]}
    assert lines(demo_client, "/taxonomies", search="種類") == [
        get(demo_client, f"/taxonomies/{taxonomy_id('kind')}")
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"page": 0}, {"per_page": 0}, {"per_page": MOST_PER_PAGE + 1}, {"page": "one"},
        {"per_page": MOST_FULL_PER_PAGE + 1, "full": True}, {"full": "perhaps"},
        {"modified_after": "yesterday"}, {"modified_after": "2026-02-30"},
        {"modified_after": "9999-12-31T23:59:59-23:59"}, {"organization_id": "x"},
        {"taxonomy_id": "kind"}, {"taxonomy_term_id": "salon"}, {"format": "xml"},
        {"lat": 35.7}, {"lat": 139.7, "lon": 35.7}, {"lat": "NaN", "lon": 139}, {"radius_m": 500},
        {"lat": 35.7, "lon": 139.7, "radius_m": -1}, {"lat": 35.7, "lon": 139.7, "radius_m": "inf"},
        {"lat": 35.7, "lon": 139.7, "radius_m": 10**9}, {"open_on": "2026-13-01"},
        {"has_capacity": "some"}, {"sort": "price"}, {"sort": "distance"}, {"proximity": 500},
        {"postcode": "SW1A 1AA"}, {"postcode": "999-9999"}, {"sort": "name", "format": "ndjson"},
        {"postcode": "170-0005", "proximity": "near"}, {"search": "長" * 300},
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_refused_with_one_sentence(
    demo_client: TestClient, asked: dict[str, Any]
) -> None:
    for what in ("services", "service_at_locations"):
        answer = demo_client.get(f"/hsds/{what}", params=asked)
        assert 400 <= answer.status_code < 500, (asked, answer.text)
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["error"].count("。") in (1, 2)


@pytest.mark.parametrize("id_", [NEVER, "x", "../x", "%00", "1" * 5000])
def test_an_unknown_id_is_not_found(demo_client: TestClient, id_: str) -> None:
    for what in LISTS:
        answer = demo_client.get(f"/hsds/{what}/{id_}")
        assert answer.status_code in (404, 400, 422), answer.text
    for what, filter_ in (("services", "organization_id"), ("services", "taxonomy_term_id")):
        assert get(demo_client, f"/{what}", **{filter_: NEVER})["total_items"] == 0


def test_the_api_says_what_it_is_and_what_it_adds(client: TestClient, shared_data: Path) -> None:
    about = get(client, "")
    assert get(client, "/") == about
    assert about["version"] == "3.1"
    added = client.get(about["profile"].removeprefix("http://testserver")).json()
    described = client.get(about["openapi_url"].removeprefix("http://testserver")).json()
    theirs = json.loads((shared_data / "hsds" / "schema" / "openapi.json").read_text("utf-8"))
    for path, theirs_of_path in theirs["paths"].items():
        ours = described["paths"]["/hsds" if path == "/" else f"/hsds{path}"]
        for method in theirs_of_path.keys() & {"get", "post"}:
            said = {p["name"] for p in ours[method].get("parameters", [])}
            wanted = {
                p.get("name") or p["$ref"].rsplit("/", 1)[1]
                for p in theirs_of_path[method].get("parameters", [])
            }
            assert wanted <= said, path
            if method == "get" and path in ("/services", "/service_at_locations", "/organizations"):
                more = added["patches"]["openapi.json"]["paths"][path]["get"]["parameters"]
                assert said - wanted == {p["name"] for p in more}
    assert {"lat", "lon", "radius_m", "open_on", "has_capacity", "sort"} <= set(
        Offered.model_fields
    )
    assert "sort" in Organizations.model_fields


def test_the_profile_describes_every_field_that_is_added(demo_client: TestClient) -> None:
    patches = get(demo_client, "/profile")["patches"]

    def described(schema: str) -> set[str]:
        return set(patches[schema]["properties"]["ibasho"]["properties"])

    places = every_page(demo_client, "/service_at_locations", per_page=500)
    said = {
        "service_at_location.json": chain.from_iterable(p["ibasho"] for p in places),
        "service.json": chain.from_iterable(p["service"]["ibasho"] for p in places),
        "location.json": chain.from_iterable(
            p.get("location", {}).get("ibasho", ()) for p in places
        ),
        "organization.json": chain.from_iterable(
            p["service"].get("organization", {}).get("ibasho", ()) for p in places
        ),
    }
    for schema, names in said.items():
        assert set(names) <= described(schema)


def test_whoever_only_looks_gets_the_same_answer_without_its_body(client: TestClient) -> None:
    for path in ("/hsds", "/hsds/services", "/hsds/services?page=0", f"/hsds/services/{NEVER}",
                 "/feed/service-at-locations"):  # fmt: skip
        whole, looked = client.get(path), client.head(path)
        assert looked.status_code == whole.status_code
        assert looked.content == b""
        for name in ("content-type", "content-length", "access-control-allow-origin"):
            assert looked.headers[name] == whole.headers[name]
    assert client.head("/imports").status_code == 405


def test_pages_of_other_sites_may_read_what_is_open_and_nothing_else(client: TestClient) -> None:
    other = {"origin": "https://elsewhere.example.jp"}
    for path in ("/hsds", "/hsds/", "/hsds/services", f"/hsds/services/{NEVER}",
                 "/feed/service-at-locations"):  # fmt: skip
        headers = client.get(path, headers=other).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert "access-control-allow-credentials" not in headers
    for path in ("/", "/signin", "/api/v1/resources", "/hsdsx", "/imports"):
        headers = client.get(path, headers=other).headers
        assert "access-control-allow-origin" not in headers
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_open_data_can_be_switched_off(program: Program, sorts: dict[str, Offering]) -> None:
    from dataclasses import replace

    shut = replace(program, settings=replace(program.settings, open_data=False))
    client = TestClient(create_app(shut.settings, shut))
    for path in ("", "/profile", *(f"/{what}" for what in LISTS), f"/services/{uuid.uuid4()}"):
        assert client.get(f"/hsds{path}").status_code == 404
