"""Writes all open entries as HSDS: services in full, in the order of their ids."""

import json
from collections.abc import Iterator
from typing import TextIO

from sqlalchemy.orm import Session

from resources.hsds.filters import Filters
from resources.hsds.lists import Asked, load_services
from resources.hsds.objects import Words, full_service
from resources.hsds.parts import Json

AT_ONCE = 200


def each_service(session: Session, words: Words) -> Iterator[Json]:
    """Give every open service in full, without holding them all."""
    asked = Asked(session, "service", Filters(), words.vocabulary)
    last = None
    while ids := asked.after(session, last, AT_ONCE):
        for service in load_services(session, ids):
            yield full_service(service, words)
        last = ids[-1]
        session.expunge_all()


def export_hsds(session: Session, out: TextIO, *, words: Words, lines: bool) -> int:
    """Write all open services; return how many.

    lines : one object a line (ndjson), else one array
    """
    count = 0
    out.write("" if lines else "[")
    for service in each_service(session, words):
        text = json.dumps(service, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        ahead = "" if lines else ",\n" if count else "\n"
        out.write(f"{ahead}{text}" + ("\n" if lines else ""))
        count += 1
    out.write("" if lines else "\n]\n")
    return count
