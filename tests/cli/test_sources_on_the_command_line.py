"""`ibasho sources` and `ibasho doctor` say which sources outside fail, and why."""

from terminal import Ibasho

from jobs.program import open_program
from jobs.settings import read_settings
from resources import clock
from resources.commands import register_resource
from resources.outside.commands import allow_host, propose_source
from resources.registration import Registration


def failing_source() -> None:
    program = open_program(read_settings())
    parts = {"resource": {"name": "見本サロン", "kind": "salon"}, "offering": {}}
    with program.database.writing(by="test") as session:
        offering = register_resource(
            session,
            registration=Registration.model_validate(parts),
            vocabulary=program.vocabulary,
            by="test",
        )
        allow_host(session, origin="places.example.jp", by="test")
        source = propose_source(
            session,
            resource_id=offering.resource_id,
            kind="hsds",
            url="https://places.example.jp/s1",
            items={offering.id: "s1"},
            by="test",
        )
        source.state, source.failures, source.problem = "allowed", 2, "too_slow"
        source.succeeded_at = clock.now()
    program.close()


def test_sources_are_listed_with_the_reason_of_their_failing(ibasho: Ibasho) -> None:
    empty = ibasho("sources", "--format", "json")
    assert empty.json == {"sources": [], "hosts": []}
    assert "no sources" in ibasho("sources").out
    failing_source()
    found = ibasho("sources", "--format", "json").json
    assert found["hosts"] == ["https://places.example.jp"]
    [source] = found["sources"]
    assert (source["failing"], source["failures"]) == (True, 2)
    assert [p["code"] for p in source["problems"]] == ["too_slow"]
    table = ibasho("sources").out
    assert "見本サロン" in table
    assert "It couldn't be read in time." in table
    checks = {c["name"]: c for c in ibasho("doctor", "--format", "json").json["checks"]}
    assert checks["sources"]["detail"] == "1 / 1"
    assert checks["sources"]["state"] == "optional"
    assert "ibasho sources" in checks["sources"]["remedy"]
