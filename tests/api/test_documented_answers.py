"""The fields of real answers are those of docs/formats.md and of the JSON Schemas, no more, no less."""

import json
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from door import add_staff
from fastapi.testclient import TestClient
from referencing import Registry, Resource

from api.app import create_app
from casework.accounts import add_token
from jobs.program import Program
from matching.need import parse_need
from matching.waiting_list import Waiting, share_places
from resources.vocabulary import default_vocabulary

FORMATS = Path(__file__).parents[2] / "docs" / "formats.md"
HERE = {"lon": 139.7272, "lat": 35.7295}
NEEDS: tuple[dict[str, Any], ...] = (
    {"at": HERE, "walk_minutes": 20, "age": 34, "needs": {"isolation": 3}, "step": 1},
    {"at": HERE, "walk_minutes": 15, "age": 70, "needs": {"frailty": 3},
     "windows": [{"day": "sat", "from": "10:00", "to": "12:00"}]},
    {"at": HERE, "walk_minutes": 10, "needs": {"isolation": 3},
     "windows": [{"day": "mon", "from": "03:00", "to": "03:10"}]},
)  # fmt: skip

OPEN = {"contributions", "removed_by", "patch", "value"}
"""What holds codes, or whatever a rule rests on: its keys are no fields."""

SCHEMAS = {
    name: json.loads(files("matching").joinpath(f"schemas/{name}.schema.json").read_text("utf-8"))
    for name in ("answer", "why", "nearby", "shared")
}
REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()
)


def fields(answer: Any, at: str = "") -> Iterator[str]:
    """Give each field of an answer by its path: `suggestions.verdicts.rule`."""
    if isinstance(answer, list):
        for each in answer:
            yield from fields(each, at)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            yield f"{at}{name}"
            if name not in OPEN:
                yield from fields(value, f"{at}{name}.")


def documented(section: str) -> set[str]:
    """Return the fields of the examples under a heading of the document."""
    text = FORMATS.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```json\n(.*?)```", text, re.S)
    return {path for block in blocks for path in fields(json.loads(block))}


def holds_to(name: str, answer: Any) -> None:
    jsonschema.Draft202012Validator(SCHEMAS[name], registry=REGISTRY).validate(answer)


@pytest.fixture
def ask(demo: Program) -> Callable[[str, Any], Any]:
    account = add_staff(demo, "csw", "east", "asks")
    with demo.database.writing(by="test") as session:
        token = add_token(session, account_id=account, label="t", scopes=["read"], by="test")
    app = create_app(demo.settings, demo)
    client = TestClient(app, headers={"authorization": f"Bearer {token}"})

    def asked(path: str, body: Any) -> Any:
        answer = client.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


def test_lists_and_explanations_have_the_documented_fields(ask: Callable[[str, Any], Any]) -> None:
    lists, whys = set[str](), set[str]()
    of_a_list = documented("An answer")
    for need in NEEDS:
        answer = ask("suggestions?limit=20", need)
        holds_to("answer", answer)
        lists |= set(fields(answer))
        shown = [*answer["suggestions"], *answer["nearest_misses"]][:40]
        for place in shown:
            why = ask("why", {"need": need, "offering": place["offering"]})
            holds_to("why", why)
            whys |= set(fields(why))
    assert without_changes(lists) == without_changes(of_a_list)
    of_one = {f.removeprefix("suggestions.") for f in of_a_list if f.startswith("suggestions.")}
    assert without_changes(whys) == without_changes(of_one | documented("An explanation"))


def without_changes(found: set[str]) -> set[str]:
    """Leave out the words of a change that a verdict may propose: the example has none."""
    return {f for f in found if "verdicts.change." not in f}


def test_a_waiting_list_has_the_documented_fields(demo: Program) -> None:
    words = default_vocabulary()
    people = [Waiting(str(n), parse_need(need, words)) for n, need in enumerate(NEEDS * 3)]
    with demo.database.reading() as session:
        shared = share_places(session, demo.store, people, options=1).as_json()
    holds_to("shared", shared)
    assert shared["unplaced"]
    assert set(fields(shared)) == documented("A waiting list")


def test_places_nearby_have_the_documented_fields(ask: Callable[[str, Any], Any]) -> None:
    found = set[str]()
    for hour, kinds in ((3, None), (14, None), (14, ["salon", "open_space"])):
        near = ask(
            "nearby", {"at": HERE, "when": f"2026-12-01T{hour:02}:10:00+09:00", "kinds": kinds}
        )
        holds_to("nearby", near)
        found |= set(fields(near))
    assert found == documented("Nearby")


def test_the_description_says_what_the_schemas_say(demo: Program) -> None:
    paths = create_app(demo.settings, demo).openapi()["paths"]
    for path, name in {"suggestions": "answer", "why": "why", "nearby": "nearby"}.items():
        answers = paths[f"/api/v1/{path}"]["post"]["responses"]["200"]["content"]
        described = answers["application/json"]["schema"]
        assert "$ref" not in json.dumps(described)
        assert described["required"] == SCHEMAS[name]["required"]
