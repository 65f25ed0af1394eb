"""How lists are answered: a page of HSDS, or everything as a stream of lines."""

import json
import math
import uuid
from collections.abc import Callable, Iterator, Sequence

from fastapi.responses import JSONResponse, Response, StreamingResponse
from sqlalchemy.orm import Session

from api.hsds.asked import Paged
from jobs.program import Program
from resources.hsds.filters import Filters
from resources.hsds.lists import Asked, What
from resources.hsds.parts import Json

LINES_AT_ONCE = 100

Load = Callable[[Session, Sequence[uuid.UUID]], list[Json]]


def page_json(asked: Paged, total: int, contents: list[Json]) -> Response:
    """Return one page; behind the last one comes an empty page, which is no error."""
    pages = math.ceil(total / asked.per_page)
    return JSONResponse(
        {
            "total_items": total,
            "total_pages": pages,
            "page_number": asked.page,
            "size": len(contents),
            "first_page": asked.page == 1,
            "last_page": asked.page >= pages,
            "empty": not contents,
            "contents": contents,
        }
    )


def line(facts: Json) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def lines(contents: Iterator[str]) -> Response:
    return StreamingResponse(contents, media_type="application/x-ndjson")


def answer(
    program: Program, session: Session, what: What, asked: Paged, filters: Filters, load: Load
) -> Response:
    """Answer a list of services, places or organisations."""
    question = Asked(session, what, filters, program.vocabulary)
    if asked.format == "ndjson":
        return lines(_streamed(program, question, load))
    found = question.page(session, offset=(asked.page - 1) * asked.per_page, limit=asked.per_page)
    return page_json(asked, found.total, load(session, found.ids))


def _streamed(program: Program, question: Asked, load: Load) -> Iterator[str]:
    """Give all lines, a run of them from each of many short readings of the database.

    A caller that reads slowly so keeps no connection.
    """
    last: uuid.UUID | None = None
    while True:
        with program.database.reading() as session:
            ids = question.after(session, last, LINES_AT_ONCE)
            run = [line(facts) for facts in load(session, ids)]
        if not ids:
            return
        yield "".join(run)
        last = ids[-1]


def answer_known(asked: Paged, known: list[Json]) -> Response:
    """Answer a list that is short and at hand: taxonomies and terms."""
    if asked.format == "ndjson":
        return lines(map(line, known))
    first = (asked.page - 1) * asked.per_page
    return page_json(asked, len(known), known[first : first + asked.per_page])


def found_in(facts: Json, search: str | None) -> bool:
    """Tell whether each word stands in the name, the description or the code."""
    said = " ".join(str(facts.get(k, "")) for k in ("name", "description", "code")).casefold()
    return all(word.casefold() in said for word in (search or "").split())
