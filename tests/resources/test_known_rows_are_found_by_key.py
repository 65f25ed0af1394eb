"""What a catalogue knows of a file's rows is looked up by their keys, however new its own rows are."""

import re
import uuid
from typing import Any

from sqlalchemy import event

from resources import clock
from resources.database import Database
from resources.import_known import AT_ONCE, entries_of
from resources.many_rows import add_many
from resources.models import Resource
from resources.sources.opendata import Named

SOURCE = "opendata:a city:a list"
MANY = 3 * AT_ONCE


def named(key: str) -> Named:
    return Named(line=2, name=key, key=key, entry=None, verified_on=None)


def test_what_this_transaction_wrote_is_found_by_key(database: Database) -> None:
    now = clock.now()
    same = {"kind": "salon", "source": SOURCE, "created_at": now, "edited_at": now}
    keys = ["", *(f"鍵{k}" for k in range(MANY - 1))]
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    with database.writing(by="test") as session:
        add_many(session, [
            (Resource, {"id": uuid.uuid4(), "name": k, "source_key": k, "status": "draft", **same})
            for k in keys
        ])  # fmt: skip
        event.listen(database.engine, "before_cursor_execute", note)
        of_new = entries_of(session, SOURCE, [named(f"別の{k}") for k in range(MANY)])
        event.remove(database.engine, "before_cursor_execute", note)
        assert not of_new.by_key
        assert len(asked) == MANY // AT_ONCE
        assert not any("offering" in statement for statement, _ in asked), "nothing to join with"
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN (ANALYZE)"
        for statement, parameters in asked:
            cursor = session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
            plan = " ".join(str(row) for row in cursor)
            assert "SCAN resource" not in plan
            passed_over = map(int, re.findall(r"Rows Removed by (?:Join )?Filter: (\d+)", plan))
            assert sum(passed_over) <= AT_ONCE, f"each of the source's rows was looked at: {plan}"
