"""Reads an HSDS document of a source outside, and every page of it where it is a list."""

import time
from datetime import datetime

from jobs.fetching import Fetched, Fetcher, FetchFailed, Known
from resources.outside import hsds
from resources.outside.hsds import HsdsPage
from resources.outside.reading import Asked, Reading
from resources.outside.said import Unreadable

MOST_PAGES = 200
MOST_BYTES = 20_000_000
RUN_S = 90.0
"""For so long the pages of one list are asked for."""


def read_hsds_source(fetcher: Fetcher, asked: Asked, now: datetime) -> Reading:
    """Return what a source says of all that is asked of it.

    A list is read page by page until everything asked for was met, or to its end. Only a document
    of one page is asked for conditionally the next time: that its first page hasn't changed says
    nothing of the others.

    Raises `FetchFailed`, `Unreadable`.
    """
    over = time.monotonic() + RUN_S
    known = Known(asked.etag, asked.last_modified)
    first = fetcher.fetch(asked.url, types=hsds.TYPES, known=known)
    if first.body is None:
        return Reading(etag=first.known.etag, last_modified=first.known.last_modified)
    page = hsds.read_page(first.body)
    names = set(asked.items.values())
    capacities = dict(page.capacities)
    if not page.is_last:
        _read_on(fetcher, asked.url, page, names, capacities, len(first.body), over)
        return Reading(words=hsds.words_of(capacities, names, now=now))
    return Reading(
        words=hsds.words_of(capacities, names, now=now),
        etag=first.known.etag,
        last_modified=first.known.last_modified,
    )


def _read_on(
    fetcher: Fetcher,
    url: str,
    page: HsdsPage,
    names: set[str],
    capacities: dict[str, object],
    size: int,
    over: float,
) -> None:
    """Put what the following pages say into `capacities`."""
    total, number, changed = page.total, page.number or 1, False
    for _ in range(MOST_PAGES - 1):
        if page.is_last or names <= capacities.keys():
            break
        if time.monotonic() > over:
            raise FetchFailed("too_slow")
        number += 1
        body = _body(fetcher.fetch(hsds.page_url(url, number), types=hsds.TYPES))
        size += len(body)
        if size > MOST_BYTES:
            raise FetchFailed("too_large")
        page = hsds.read_page(body)
        if page.number != number:
            raise Unreadable("not_paged")
        changed = changed or page.total != total
        for name, found in page.capacities.items():
            capacities.setdefault(name, found)
    if names <= capacities.keys():
        return
    if not page.is_last:
        raise Unreadable("too_many_pages")
    if changed:
        # One that moved to a page before the one being read was never met.
        raise Unreadable("list_changed")


def _body(got: Fetched) -> bytes:
    if got.body is None:
        raise FetchFailed("unexpected_answer")  # unchanged since when, if nothing was said?
    return got.body
