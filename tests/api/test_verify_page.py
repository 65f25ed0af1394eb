"""Half an hour of calls: eight places, and what is said after each tap is what was stored."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from door import token_of
from fastapi.testclient import TestClient

from jobs.program import Program
from resources import clock
from resources.commands import register_resource
from resources.models import Offering
from resources.registration import Registration


def register(program: Program, name: str, **more: Any) -> uuid.UUID:
    parts = {
        "resource": {"name": name, "kind": "salon", **more},
        "organization": {"name": f"{name}の会", "phone": "03-0000-7777"},
        "offering": {"verified_on": (clock.today() - timedelta(days=100)).isoformat()},
    }
    with program.database.writing(by="test") as session:
        return register_resource(
            session, registration=Registration.model_validate(parts),
            vocabulary=program.vocabulary, by="test",
        ).id  # fmt: skip


def listed(page: str) -> list[str]:
    return re.findall(r'action="/verify">.*?name="offering" value="([^"]+)"', page)


def test_who_does_not_answer_is_called_tomorrow_and_nothing_counts_as_verified(
    signed_in: Callable[[str], TestClient], program: Program
) -> None:
    for n in range(10):
        register(program, f"架空{n}")
    client = signed_in("coordinator")
    page = client.get("/verify").text
    first = listed(page)
    assert len(first) == 8
    assert page.count("03-0000-7777") >= 8, "the host's number where the entry has none"
    data = {"csrf": token_of(page), "offering": first[0]}
    sent = client.post("/verify/unanswered", data=data)
    page = client.get(sent.headers["location"]).text
    assert "電話に出なかったことを記録しました" in page
    assert "きょう電話に出なかった1か所" in page
    now = listed(page)
    assert len(now) == 8
    assert first[0] not in now
    assert first[1:] == now[:7]
    with program.database.reading() as session:
        row = session.get_one(Offering, uuid.UUID(first[0]))
        assert row.verified_on == clock.today() - timedelta(days=100)
    sent = client.post("/verify", data={"csrf": token_of(page), "offering": now[0]})
    page = client.get(sent.headers["location"]).text
    assert "確認した日を記録しました" in page
    assert now[0] not in listed(page)


def test_what_changed_is_put_right_on_a_page_whose_folds_say_how_much_they_hold(
    signed_in: Callable[[str], TestClient], program: Program
) -> None:
    register(program, "架空の場", audience=["anyone"], noise="low", staff_present=True)
    client = signed_in("coordinator")
    (link,) = re.findall(r'href="(/resources/[0-9a-f-]{36}/edit)"', client.get("/verify").text)
    page = client.get(link).text
    assert '<details class="fold" open>' not in page
    assert "入力あり 2項目" in page
    hidden = r'type="hidden" name="([^"]+)" value="([^"]*)"'
    data = dict(re.findall(hidden, page.split("<h1>")[1])) | {"name": "架空の場", "kind": "salon"}
    refused = client.post(link, data={**data, "csrf": token_of(page), "url": "www.example.jp"})
    assert refused.status_code == 422
    assert refused.text.count('<details class="fold" open>') == 1, "the one with the problem"
