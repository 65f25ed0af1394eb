"""Registering and editing through the pages: nothing typed is lost, nothing hidden is shown."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from door import token_of
from fastapi.testclient import TestClient
from page_read import Page
from sqlalchemy import select

from api.pages.entry_form import (
    FACTS,
    HOST_TEXTS,
    HOST_WHOLES,
    OFFERING_TEXTS,
    OFFERING_WHOLES,
    PLACE_TEXTS,
    RESOURCE_CODES,
    RESOURCE_TEXTS,
    RESOURCE_WHOLES,
)
from casework.models import AuditRow
from jobs.program import Program
from resources import clock
from resources.commands import register_resource
from resources.models import Location, Offering, Organization, Resource
from resources.queries import entries_of_resource
from resources.registration import Registration

Enter = Callable[..., TestClient]
SECRET = "架空区隠町9-9-9"


def fields_of(page: str, action: str) -> list[tuple[str, str]]:
    """Return what a browser would send of a page's form without anybody touching it."""
    return Page(page).sent_by(action)


def send(client: TestClient, path: str, fields: list[tuple[str, str]], **typed: str) -> Any:
    keys = {n.replace("__", "-") for n in typed}
    kept = [(n, v) for n, v in fields if n not in keys]
    data: dict[str, list[str]] = {}
    for name, value in [*kept, *((n.replace("__", "-"), v) for n, v in typed.items())]:
        data.setdefault(name, []).append(value)
    return client.post(path, data=data)


@pytest.fixture
def entry(program: Program) -> Resource:
    parts = {
        "organization": {"name": "架空法人", "accompanied_cap": 2},
        "resource": {
            "name": "架空のサロン", "kind": "salon", "description": "お茶\nと話", "fee_yen": 100,
            "audience": ["women", "elderly"], "steps": [2, 1], "requirements": [],
            "staff_present": True, "phone": "03-0000-0000",
        },
        "location": {"address": "架空区表町1-1", "lon": 139.72, "lat": 35.73,
                     "point_level": "point", "point_source": "pin"},
        "offering": {"schedule_text": "毎週火曜10:00～12:00", "availability": "capacity",
                     "places": 3, "availability_said_on": "2026-08-01",
                     "availability_said_by": "host", "verified_on": "2026-08-01"},
    }  # fmt: skip
    with program.database.writing(by="user:a") as session:
        made = register_resource(
            session, registration=Registration.model_validate(parts),
            vocabulary=program.vocabulary, by="user:a",
        )  # fmt: skip
        return session.get_one(Resource, made.resource_id)


def stored(program: Program, resource_id: uuid.UUID) -> Any:
    with program.database.reading() as session:
        return entries_of_resource(session, resource_id)[0]


def test_the_form_asks_for_every_column_that_a_coordinator_can_know(signed_in: Enter) -> None:
    page = signed_in("coordinator").get("/resources/new").text
    asked = set(re.findall(r'name="([a-z_]+)"', page))
    form = {
        Resource: {*RESOURCE_TEXTS, *RESOURCE_CODES, *RESOURCE_WHOLES, *FACTS, "steps",
                   "requirements", "status"},
        Organization: {*HOST_TEXTS, *HOST_WHOLES},
        Location: {*PLACE_TEXTS, "step_free", "visibility", "lon", "lat"},
        Offering: {*OFFERING_TEXTS, *OFFERING_WHOLES, "availability"},
    }  # fmt: skip
    worked_out = {
        "id", "version", "created_at", "edited_at", "source", "source_key", "original", "invented",
        "organization_id", "resource_id", "location_id", "status_reason", "schedule",
        "prefecture", "city", "town", "number", "accuracy_m", "point_level", "point_source",
        "district", "verified_on", "verified_by",
    }  # fmt: skip
    for table, names in form.items():
        assert {c.name for c in table.__table__.columns} - worked_out == names, table
    texts = {*RESOURCE_TEXTS, *RESOURCE_CODES, *RESOURCE_WHOLES, *FACTS, *OFFERING_WHOLES}
    assert texts <= asked
    assert {"host", "place_name", "schedule", "verified", "location", "host_phone"} - asked <= {
        "location"
    }


def test_a_form_that_nobody_touched_changes_nothing(
    signed_in: Enter, program: Program, entry: Resource
) -> None:
    client, path = signed_in("coordinator"), f"/resources/{entry.id}/edit"
    before = stored(program, entry.id)
    answer = send(client, path, fields_of(client.get(path).text, path))
    assert answer.status_code == 303, answer.text
    after = stored(program, entry.id)
    for one, other in ((before.resource, after.resource), (before.offering, after.offering),
                       (before.location, after.location)):  # fmt: skip
        assert one.version == other.version


def test_an_edit_is_kept_field_by_field_and_verifies_only_where_it_says_so(
    signed_in: Enter, program: Program, entry: Resource
) -> None:
    client, path = signed_in("coordinator"), f"/resources/{entry.id}/edit"
    fields = fields_of(client.get(path).text, path)
    answer = send(client, path, fields, fee_yen="２００", o0__schedule="毎週水曜13:00～15:00")
    assert answer.status_code == 303, answer.text
    now = stored(program, entry.id)
    assert (now.resource.fee_yen, now.offering.schedule["rules"][0]["days"]) == (200, ["wed"])
    assert str(now.offering.verified_on) == "2026-08-01"
    assert str(now.offering.availability_said_on) == "2026-08-01"
    page = client.get(f"/resources/{entry.id}").text
    assert "費用（円）：100 → 200" in page
    fields = fields_of(client.get(path).text, path)
    assert send(client, path, fields, o0__verified="1").status_code == 303
    assert stored(program, entry.id).offering.verified_by == "staff"


def test_two_who_edit_at_once_see_both_values_and_lose_nothing(
    signed_in: Enter, program: Program, entry: Resource
) -> None:
    first, second = signed_in("coordinator"), signed_in("support_worker")
    path = f"/resources/{entry.id}/edit"
    mine = fields_of(second.get(path).text, path)
    theirs = fields_of(first.get(path).text, path)
    assert send(first, path, theirs, name="先の名前", phone="03-1111-1111").status_code == 303
    answer = send(second, path, mine, name="私の名前", description="私の説明")
    assert answer.status_code == 409
    for words in ("架空のサロン", "先の名前", "私の名前", "私の説明", "03-1111-1111"):
        assert words in answer.text
    assert stored(program, entry.id).resource.name == "先の名前"
    # Nothing chosen: asked again. One chosen: what both wrote besides stays.
    kept = fields_of(answer.text, path)
    again = send(second, path, kept)
    assert again.status_code == 409
    kept = fields_of(again.text, path)
    assert send(second, path, kept, take__name="mine").status_code == 303
    now = stored(program, entry.id).resource
    assert (now.name, now.description, now.phone) == ("私の名前", "私の説明", "03-1111-1111")


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    signed_in: Enter, program: Program, entry: Resource
) -> None:
    client = signed_in("coordinator")
    path = f"/resources/{entry.id}/edit"
    fields = fields_of(client.get(path).text, path)
    answer = send(client, path, fields, url="ftp:x", age_min="五十", description="残る説明")
    assert answer.status_code == 422
    assert "残る説明" in answer.text
    page = Page(answer.text)
    for name in ("url", "age_min"):
        field = page.by_id(f"f-{name}")
        assert field.attributes["aria-invalid"] == "true"
        assert page.by_id(field.attributes["aria-describedby"] or "").text
        assert all("open" in a.attributes for a in field.above if a.tag == "details")
    assert len([e for e in page.elements if "autofocus" in e.attributes]) == 1
    assert stored(program, entry.id).resource.description == "お茶\nと話"


def test_a_hidden_place_is_shown_to_those_alone_who_keep_it_and_each_look_is_recorded(
    signed_in: Enter, program: Program
) -> None:
    coordinator = signed_in("coordinator")
    token = token_of(coordinator.get("/resources/new").text)
    made = coordinator.post(
        "/resources/new",
        data={"csrf": token, "name": "架空の家", "kind": "open_space", "address": SECRET,
              "lon": "139.7", "lat": "35.7", "visibility": "hidden", "status": "published"},
    )  # fmt: skip
    assert made.status_code == 303, made.text
    page = made.headers["location"].partition("?")[0]
    path = f"{page}/edit"
    csw = signed_in("csw")
    seen = coordinator.get(path).text
    assert SECRET in seen
    with program.database.reading() as session:
        looks = session.scalars(select(AuditRow).where(AuditRow.entity == "location")).all()
    assert [(row.role, row.action, row.purpose) for row in looks] == [
        ("coordinator", "read", "edit")
    ]
    fields = fields_of(seen, path)
    assert send(coordinator, path, fields, o0__address=SECRET + "移").status_code == 422
    moved = send(coordinator, path, fields, o0__address=SECRET + "移", o0__lon="139.71",
                 o0__lat="35.71")  # fmt: skip
    assert moved.status_code == 303, moved.text
    # Once it was hidden, its history tells nobody where it was.
    fields = fields_of(coordinator.get(path).text, path)
    assert send(coordinator, path, fields, o0__visibility="team").status_code == 303
    for client in (coordinator, csw):
        history = client.get(page).text.split("変更の記録")[1].split("</section>")[0]
        assert SECRET not in history
        assert "139.7" not in history
    fields = fields_of(coordinator.get(path).text, path)
    assert send(coordinator, path, fields, o0__visibility="hidden").status_code == 303
    for shown in (page, path, f"/resources?q={SECRET}", "/resources"):
        text = csw.get(shown).text
        assert SECRET not in text.replace(f'value="{SECRET}"', "")
        assert "139.7" not in text
    # Who doesn't see it can't change it either.
    fields = fields_of(csw.get(path).text, path)
    assert send(csw, path, fields, o0__address="別の町", o0__visibility="public").status_code == 303
    found = uuid.UUID(page.rsplit("/", 1)[1])
    assert stored(program, found).location.address == SECRET + "移"
    assert stored(program, found).location.visibility == "hidden"


def test_who_may_not_publish_sends_it_to_be_looked_at(signed_in: Enter, program: Program) -> None:
    csw, coordinator = signed_in("csw"), signed_in("coordinator")
    page = csw.get("/resources/new").text
    data = {"csrf": token_of(page), "name": "架空の居場所", "kind": "open_space"}
    assert 'value="published"' not in page.split("</form>")[-2]
    refused = csw.post("/resources/new", data={**data, "status": "published"})
    assert refused.status_code == 422
    assert "架空の居場所" in refused.text
    made = csw.post("/resources/new", data={**data, "status": "review"})
    assert made.status_code == 303
    link = made.headers["location"].partition("?")[0]
    token = token_of(csw.get(link).text)
    assert (
        csw.post(f"{link}/status", data={"csrf": token, "status": "published"}).status_code == 409
    )
    token = token_of(coordinator.get(link).text)
    for status, reason, expected in (
        ("published", "", 303), ("draft", "", 409), ("closed", "", 422), ("closed", "引退", 303),
    ):  # fmt: skip
        data = {"csrf": token, "status": status, "reason": reason}
        assert coordinator.post(f"{link}/status", data=data).status_code == expected
    assert "理由：引退" in csw.get(link).text


def test_an_occasion_is_added_and_one_is_ended(
    signed_in: Enter, program: Program, entry: Resource
) -> None:
    client = signed_in("coordinator")
    path = f"/resources/{entry.id}/offerings/new"
    fields = fields_of(client.get(path).text, path)
    answer = send(client, path, fields, schedule="毎週木曜10:00～12:00", label="木曜の部")
    assert answer.status_code == 303, answer.text
    with program.database.reading() as session:
        both = entries_of_resource(session, entry.id)
    assert len({e.location.id for e in both if e.location}) == 1
    edit = f"/resources/{entry.id}/edit"
    fields = fields_of(client.get(edit).text, edit)
    n = next(i for i, e in enumerate(both) if e.offering.label == "木曜の部")
    assert send(client, edit, fields, **{f"o{n}__end": "1"}).status_code == 303
    with program.database.reading() as session:
        ends = {
            e.offering.label: e.offering.ends_on for e in entries_of_resource(session, entry.id)
        }
    assert ends[None] is None
    assert ends["木曜の部"] is not None


def test_a_place_that_is_known_is_used_again(
    signed_in: Enter, program: Program, entry: Resource
) -> None:
    client = signed_in("coordinator")
    token = token_of(client.get("/resources/new").text)
    data = {"csrf": token, "name": "架空の体操", "kind": "class", "place_words": "表町",
            "status": "draft"}  # fmt: skip
    asked = client.post("/resources/new", data=data)  # as without a script
    assert asked.status_code == 422
    (known,) = set(re.findall(r'name="location" value="([0-9a-f-]{36})"', asked.text))
    made = client.post("/resources/new", data={**data, "location": known})
    assert made.status_code == 303
    with program.database.reading() as session:
        assert session.scalar(select(Location.id).where(Location.id == uuid.UUID(known)))
        assert len(session.scalars(select(Location.id)).all()) == 1


def test_what_a_job_works_out_meanwhile_is_no_conflict(
    signed_in: Enter, program: Program, entry: Resource
) -> None:
    client, path = signed_in("coordinator"), f"/resources/{entry.id}/edit"
    fields = fields_of(client.get(path).text, path)
    with program.database.writing(by="job:place_locations") as session:
        place = session.scalars(select(Location)).one()
        place.district, place.town = "d1", "表町"
    assert send(client, path, fields, fee_yen="300").status_code == 303
    now = stored(program, entry.id)
    assert (now.resource.fee_yen, now.location.district) == (300, "d1")


def test_how_sure_an_entry_is_stands_in_words(
    signed_in: Enter, program: Program, entry: Resource
) -> None:
    today = clock.today()
    with program.database.writing(by="test") as session:
        offering = session.scalars(select(Offering)).one()
        offering.verified_on, offering.verified_by = today - timedelta(days=47), "staff"
        offering.availability_said_on, offering.places = today - timedelta(days=47), 2
    page = signed_in("auditor").get(f"/resources/{entry.id}").text
    assert "空き2（47日前・受け入れ先から）" in page
    assert "47日前に職員が確認" in page
    assert "確認の期限はあと43日" in page
    with program.database.writing(by="test") as session:
        session.scalars(select(Offering)).one().verified_on = today - timedelta(days=91)
    page = signed_in("secretariat").get(f"/resources/{entry.id}").text
    assert "確認の期限（90日）を過ぎています" in page
