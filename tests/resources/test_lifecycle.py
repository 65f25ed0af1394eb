"""Where an entry stands is moved along one table, by whom and when stays, and closing says why."""

import uuid

import pytest

from resources.commands import NotFound, register_resource, set_status
from resources.database import Database
from resources.lifecycle import (
    MOVES,
    NEW,
    STATUSES,
    MoveRefused,
    ReasonMissing,
    check_move,
    moves_from,
    steps_of,
)
from resources.registration import Registration
from resources.vocabulary import default_vocabulary


@pytest.fixture
def draft(database: Database) -> uuid.UUID:
    parts = {"resource": {"name": "架空のサロン", "kind": "salon", "status": "draft"}}
    with database.writing(by="user:a") as session:
        return register_resource(
            session, registration=Registration.model_validate(parts),
            vocabulary=default_vocabulary(), by="user:a",
        ).resource_id  # fmt: skip


def move(database: Database, resource: uuid.UUID, status: str, by: str, **more: object) -> None:
    with database.writing(by=by) as session:
        set_status(session, resource_id=resource, status=status, by=by, **more)  # type: ignore[arg-type]


def test_each_step_says_who_and_when_and_why(database: Database, draft: uuid.UUID) -> None:
    move(database, draft, "review", "user:a")
    move(database, draft, "published", "user:b")
    move(database, draft, "paused", "user:b", reason="夏休み")
    move(database, draft, "published", "user:b")
    move(database, draft, "closed", "user:c", reason="代表者の引退")
    move(database, draft, "review", "user:a", may_publish=False)
    with database.reading() as session:
        steps = steps_of(session, draft)
    assert [(s.status, s.by, s.reason) for s in steps] == [
        ("draft", "user:a", None), ("review", "user:a", None), ("published", "user:b", None),
        ("paused", "user:b", "夏休み"), ("published", "user:b", None),
        ("closed", "user:c", "代表者の引退"), ("review", "user:a", None),
    ]  # fmt: skip
    assert steps == sorted(steps, key=lambda s: s.at)


def test_every_step_outside_the_table_is_refused() -> None:
    assert set(MOVES) == {NEW, *STATUSES}
    for before in MOVES:
        for after in STATUSES:
            if after in MOVES[before]:
                check_move(before, after, reason="理由")
            else:
                with pytest.raises(MoveRefused):
                    check_move(before, after, reason="理由")


def test_every_state_is_reached_and_left_again() -> None:
    for status in STATUSES:
        assert any(status in after for after in MOVES.values())
        assert MOVES[status], "nothing is closed for ever"


def test_who_may_not_publish_sends_to_review(database: Database, draft: uuid.UUID) -> None:
    with pytest.raises(MoveRefused):
        move(database, draft, "published", "user:csw", may_publish=False)
    move(database, draft, "review", "user:csw", may_publish=False)
    assert moves_from("closed", may_publish=False) == ("review",)


@pytest.mark.parametrize("reason", [None, "", "　 "])
def test_closing_in_silence_is_refused(
    database: Database, draft: uuid.UUID, reason: str | None
) -> None:
    with pytest.raises(ReasonMissing):
        move(database, draft, "closed", "user:a", reason=reason)
    with pytest.raises(NotFound):
        move(database, uuid.uuid4(), "closed", "user:a", reason="理由")
