"""A place that stands on too many lists is marked, and comes first only where it is the best."""

import uuid
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import judged
import pytest

from matching.schemes import default_weighing
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.database import Database
from resources.hubs import LISTED, hubs
from resources.lists_shown import count_list
from resources.verify_next import COUNTED_DAYS, count_suggested
from resources.vocabulary import default_vocabulary

DAY = date(2026, 12, 1)
FEWEST_LISTS = default_weighing().thresholds.hub_fewest_lists


@pytest.fixture
def town(sqlite_database: Database, tmp_path: Path) -> judged.Town:
    return judged.Town(sqlite_database, IndexStore(tmp_path / "index", default_vocabulary()))


def listed(town: judged.Town, places: list[uuid.UUID], lists: int, on: date = DAY) -> None:
    with town.database.writing(by="test") as session:
        for _ in range(lists):
            count_suggested(session, places, on=on)


def found(town: judged.Town, title: str, known: frozenset[uuid.UUID]) -> list[tuple[str, bool]]:
    v = next(v for v in judged.vignettes() if v.title == title)
    with town.database.reading() as session:
        answer = suggest_placements(session, town.store, town.need(v), now=judged.NOW, hubs=known)
    return [(town.key_of[s.place.offering], s.hub) for s in answer.suggestions]


def test_a_hub_stands_on_more_than_its_share_of_the_lists_of_the_last_days(
    town: judged.Town,
) -> None:
    places = sorted(town.key_of, key=lambda i: i.int)
    everywhere, others = places[0], places[1:41]
    for i in range(FEWEST_LISTS):
        mine = [everywhere] if i % 2 else [others[-1]]
        listed(town, [*mine, *(others[(4 * i + k) % 36] for k in range(LISTED - 1))], 1)
    with town.database.reading() as session:
        assert hubs(session, today=DAY, share=0.3, fewest_lists=40) == {everywhere, others[-1]}
        later = DAY + timedelta(days=COUNTED_DAYS)
        assert hubs(session, today=later, share=0.3, fewest_lists=40) == frozenset()


def test_short_lists_are_counted_as_lists_and_empty_ones_are_not(town: judged.Town) -> None:
    """Two places a list: reckoned by its places a list of two would be two fifths of one."""
    places = sorted(town.key_of, key=lambda i: i.int)
    seldom, others = places[0], places[1:41]
    with town.database.writing(by="test") as session:
        for i in range(100):
            second = [seldom] if i % 5 == 0 else [others[(i + 20) % 40]]
            count_list(session, [others[i % 40], *second], band="40-64", on=DAY)
    with town.database.reading() as session:
        # On 20 of 100 lists, which reckoned from 200 places would be 20 of 40.
        assert hubs(session, today=DAY, share=0.3, fewest_lists=40) == frozenset()
        assert hubs(session, today=DAY, share=0.19, fewest_lists=100) == {seldom}
        assert hubs(session, today=DAY, share=0.19, fewest_lists=101) == frozenset()
    with town.database.writing(by="test") as session:
        for _ in range(100):
            count_list(session, [], band="-39", on=DAY)
    with town.database.reading() as session:
        assert hubs(session, today=DAY, share=0.19, fewest_lists=100) == {seldom}
        assert hubs(session, today=DAY, share=0.19, fewest_lists=101) == frozenset()


def test_of_days_on_which_lists_were_not_counted_they_are_reckoned_from_their_places(
    town: judged.Town,
) -> None:
    places = sorted(town.key_of, key=lambda i: i.int)[: 2 * LISTED]
    listed(town, places[:LISTED], 30, on=DAY - timedelta(days=1))
    with town.database.writing(by="test") as session:
        for n in range(30):
            # An older program beside this one counts places, and no list.
            count = count_suggested if n % 3 else partial(count_list, band=None)
            count(session, places[LISTED:], on=DAY)
    with town.database.reading() as session:
        assert hubs(session, today=DAY, share=0.49, fewest_lists=60) == set(places)
        assert hubs(session, today=DAY, share=0.5, fewest_lists=60) == frozenset()
        assert hubs(session, today=DAY, share=0.49, fewest_lists=61) == frozenset()


def test_few_lists_say_nothing(town: judged.Town) -> None:
    listed(town, list(town.key_of)[:LISTED], FEWEST_LISTS - 1)
    with town.database.reading() as session:
        assert hubs(session, today=DAY, share=0.3, fewest_lists=40) == frozenset()


def test_a_hub_gives_way_to_what_is_nearly_as_good_and_stays_where_it_is_truly_best(
    town: judged.Town,
) -> None:
    ids = {key: offering for offering, key in town.key_of.items()}
    # The two places for this man differ by less than a tenth.
    close = found(town, "腕の立つ元建具職人", frozenset())
    first, second = close[0][0], close[1][0]
    turned = found(town, "腕の立つ元建具職人", frozenset({ids[first]}))
    assert turned[0] == (second, False)
    assert (first, True) in turned[:3]
    best = found(town, "花の好きな早起きの失業者", frozenset({ids["yakin"]}))
    assert best[0] == ("yakin", True)
