"""A week without clashes, none better; and a path of rungs, each where that rung is offered."""

import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import judged
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import LonLat
from matching.need import parse_need
from matching.path import STAYING, best_path, path_of
from matching.schemes_kept import save_thresholds
from matching.store import IndexStore
from matching.ways_between import WaysBetween
from matching.week import week_of
from matching.week_search import PAUSE_MINUTES, PER_DAY, Option, Stay, best_week
from resources.clock import JAPAN
from resources.commands import register_resource
from resources.database import Database
from resources.queries import entries_by_offering
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

MONDAY = datetime(2026, 11, 30, tzinfo=JAPAN)
NEEDS = {"isolation": 3, "no_role": 1}


@st.composite
def option(draw: st.DrawFn) -> Option:
    opens = MONDAY + timedelta(days=draw(st.integers(0, 2)), minutes=30 * draw(st.integers(18, 26)))
    metres = draw(st.sampled_from([0, 300, 2500]))
    known = draw(st.booleans()) or draw(st.booleans())
    place, stay = draw(st.integers(0, 3)), 30 * draw(st.integers(1, 4))
    return Option(
        place,
        opens,
        opens + timedelta(minutes=stay + draw(st.sampled_from([0, 0, 20, 90, 600]))),
        stay,
        draw(st.integers(0, 9)) * 1000,
        frozenset(draw(st.sets(st.sampled_from(["isolation", "no_role"])))),
        LonLat(139.7, 35.7 + metres / 111_195) if known else None,
        TIMES[place],
        draw(st.booleans()),
    )


TIMES = [1, 1, 2, 3]
"""How many sessions a week each place expects at least."""


def early(order: tuple[Option, ...], ways: WaysBetween) -> list[Stay] | None:
    """Go from one to the next in this order, each as early as it goes; None where one can't."""
    stays: list[Stay] = []
    for o in order:
        start = o.opens
        for before in stays:
            if before.option.opens.date() > o.opens.date():
                return None
            if o.opens.date() > before.option.closes.date():
                continue
            way = ways.minutes(before.option.at, o.at)
            if way is None or ways.is_too_long(way):
                return None
            start = max(start, before.end + timedelta(minutes=way + PAUSE_MINUTES))
        if start + timedelta(minutes=o.stay) > o.closes:
            return None
        stays.append(Stay(o, start))
    return stays


def lateness(stays: list[Stay]) -> timedelta:
    return sum((s.start - s.option.opens for s in stays), timedelta())


def doubts(week: tuple[Option, ...]) -> int:
    return sum(o.uncertain for o in week)


def allowed(chosen: tuple[Option, ...], most: int, ways: WaysBetween) -> timedelta | None:
    """Return by how much the week's stays are later than their places open; None = no such week."""
    days = Counter(o.opens.date() for o in chosen)
    places = Counter(o.place for o in chosen)
    if (
        len(chosen) > most
        or any(n > PER_DAY for n in days.values())
        or any(n != TIMES[place] for place, n in places.items())
        or len({(o.place, o.opens.date()) for o in chosen}) < len(chosen)
    ):
        return None
    found = [early(order, ways) for order in itertools.permutations(chosen)]
    return min((lateness(stays) for stays in found if stays is not None), default=None)


def keeps_apart(stays: list[Stay], ways: WaysBetween) -> bool:
    return all(
        one.end + timedelta(minutes=ways.minutes(one.option.at, other.option.at) or 0)
        <= other.start
        for one, other in itertools.pairwise(stays)
    ) and all(s.option.opens <= s.start and s.end <= s.option.closes for s in stays)


@settings(max_examples=60, deadline=None)
@given(st.lists(option(), max_size=7), st.integers(1, 5), st.sampled_from([None, 10.0]))
def test_no_week_that_is_possible_counts_more(
    options: list[Option], most: int, walk: float | None
) -> None:
    ways = WaysBetween(most_minutes=walk)
    found = best_week(options, NEEDS, most=most, ways=ways)
    chosen = tuple(s.option for s in found)
    assert allowed(chosen, most, ways) == lateness(found), "possible, and no later than it must be"
    assert keeps_apart(found, ways)
    weeks = {
        week: late
        for size in range(len(options) + 1)
        for week in itertools.combinations(options, size)
        if (late := allowed(week, most, ways)) is not None
    }
    best = max((worth(week, NEEDS), -doubts(week), -late) for week, late in weeks.items())
    assert (worth(chosen, NEEDS), -doubts(chosen), -lateness(found)) == best


def worth(chosen: Sequence[Option], needs: dict[str, int]) -> int:
    """What a week counts: its scores, and for each need that it answers its share of a whole one."""
    answered = {need for option in chosen for need in option.needs if need in needs}
    whole = sum(needs.values())
    return sum(o.score for o in chosen) + sum(round(10_000 * needs[n] / whole) for n in answered)


def at(hour: float, place: int, metres: float = 0, minutes: int = 60) -> Option:
    start = MONDAY + timedelta(hours=hour)
    point = LonLat(139.7, 35.7 + metres / 111_195)
    end = start + timedelta(minutes=minutes)
    return Option(place, start, end, minutes, 5000, frozenset(), point)


def clash(one: Option, other: Option, ways: WaysBetween) -> bool:
    """Tell whether a week that has room for both holds one of them alone."""
    return len(best_week([one, other], {}, most=2, ways=ways)) < 2


def test_a_place_that_expects_two_sessions_a_week_gives_way_where_only_one_is_possible() -> None:
    def session(day: int, place: int, score: int) -> Option:
        start = MONDAY + timedelta(days=day, hours=10)
        end = start + timedelta(hours=1)
        point = LonLat(139.7, 35.7)
        return Option(place, start, end, 60, score, frozenset(), point, TIMES[place])

    twice = [session(0, 2, 9000), session(0, 2, 9000), session(1, 2, 8000), session(2, 2, 9000)]
    once = session(1, 0, 1000)
    for most, options, chosen in (
        (1, [*twice, once], [once]),  # one wants to go out once a week
        (3, [*twice[:2], once], [once]),  # both of its sessions are on one day
        (3, [*twice, once], [twice[0], once, twice[3]]),  # exactly two, not as many as there are
    ):
        found = tuple(s.option for s in best_week(options, {}, most=most, ways=WaysBetween()))
        assert worth(found, {}) == worth(chosen, {})
        assert allowed(found, most, WaysBetween()) == timedelta()


ANY, QUARTER = WaysBetween(), WaysBetween(most_minutes=15.0)


def test_the_way_between_two_sessions_takes_its_time_and_is_no_longer_than_one_would_walk() -> None:
    assert clash(at(10, 0), at(11, 1), ANY)  # no pause
    assert not clash(at(10, 0), at(11.25, 1), ANY)
    assert clash(at(10, 0), at(11.25, 1, 1000), ANY)  # twenty minutes on foot
    assert not clash(at(10, 0), at(12, 1, 1000), ANY)
    assert clash(at(10, 0), at(15, 1, 1000), QUARTER)  # farther than one would walk
    assert clash(at(10, 0), at(15, 0), ANY)  # the same place again
    assert not clash(at(10, 0), at(34, 1, 9000), QUARTER)  # another day


@pytest.fixture
def town(sqlite_database: Database, tmp_path: Path) -> judged.Town:
    return judged.Town(sqlite_database, IndexStore(tmp_path / "index", default_vocabulary()))


PEOPLE = {v.title: v for v in judged.vignettes()}


def test_a_week_keeps_to_a_persons_hours_and_number_and_answers_several_needs(
    town: judged.Town,
) -> None:
    v = PEOPLE["母の通院で火曜と木曜は動けない息子"]
    with town.database.reading() as session:
        week = week_of(session, town.store, town.need(v), now=judged.NOW)
    assert 2 <= len(week.sessions) <= 3
    assert {s.start.weekday() for s in week.sessions} <= {0, 2, 4}
    assert all(s.start.hour >= 13 and s.end.hour <= 17 for s in week.sessions)
    assert len({s.suggestion.place.offering for s in week.sessions}) == len(week.sessions)
    keys = {town.key_of[s.suggestion.place.offering] for s in week.sessions}
    assert not keys & set(v.never)
    assert {"eight_fifty", "no_role"} <= set(week.answered)
    once = PEOPLE["人の少ない部屋で本を読みたい青年"]
    with town.database.reading() as session:
        assert len(week_of(session, town.store, town.need(once), now=judged.NOW).sessions) == 1
        night = week_of(session, town.store, town.need(PEOPLE["何もない夜中"]), now=judged.NOW)
    assert night.as_json() == {"from": "2026-12-01", "sessions": [], "answered": []}


def test_a_path_leads_rung_by_rung_to_places_that_offer_them(town: judged.Town) -> None:
    v = PEOPLE["母の通院で火曜と木曜は動けない息子"]
    with town.database.reading() as session:
        stages = path_of(session, town.store, town.need(v), now=judged.NOW)
    assert [s.rung for s in stages] == [3, 4]  # nothing near offers work to this man
    for stage in stages:
        offered = next(x.value for x in stage.suggestion.verdicts if x.rule == "step")
        assert stage.rung in offered
        assert town.key_of[stage.suggestion.place.offering] not in v.never
    assert stages[1].stays
    told = stages[0].as_json(default_vocabulary())
    assert told["step_words"]["ja"] == "定期的に通う"


def test_where_nobody_is_sent_a_rung_higher_a_path_still_leads_on(town: judged.Town) -> None:
    v = PEOPLE["母の通院で火曜と木曜は動けない息子"]
    with town.database.writing(by="test") as session:
        save_thresholds(session, given={"step_gap_rungs": 0}, shown=None, by="test")
    with town.database.reading() as session:
        stages = path_of(session, town.store, town.need(v), now=judged.NOW)
    assert [s.rung for s in stages][:2] == [3, 4]


def test_among_all_ways_the_largest_sum_is_taken_and_staying_counts(town: judged.Town) -> None:
    with town.database.reading() as session:
        need = town.need(PEOPLE["離職十五年の女性"])
        stages = []
        for rung in (2, 3, 4):
            standing = need.model_copy(update={"step": rung - 1})
            from matching.suggest import suggest_placements

            answer = suggest_placements(session, town.store, standing, limit=4, now=judged.NOW)
            stages.append((rung, answer.suggestions))

    def total(way: tuple) -> int:
        stays = sum(
            STAYING for a, b in itertools.pairwise(way) if a.place.resource == b.place.resource
        )
        return sum(s.score for s in way) + stays

    ways = list(itertools.product(*(s for _, s in stages)))
    found = tuple(stage.suggestion for stage in best_path(stages))
    assert len(ways) > 8
    assert total(found) == max(map(total, ways))
    assert best_path([]) == []


def test_a_week_that_begins_now_holds_what_is_still_ahead(town: judged.Town) -> None:
    need = parse_need(
        {"at": judged.point([0, 0]), "walk_minutes": 30, "needs": {"isolation": 2}},
        default_vocabulary(),
    )
    begun, places = 0, {place["key"]: place for place in judged.places()}
    with town.database.reading() as session:
        for hour in range(9, 20):
            now = MONDAY + timedelta(hours=hour, minutes=40)
            for planned in week_of(session, town.store, need, now=now).sessions:
                assert planned.start >= now
                sitting = places[town.key_of[planned.suggestion.place.offering]].get("sitting", {})
                if planned.start == now:
                    begun += 1
                    assert planned.end - now >= timedelta(minutes=30)
                    assert sitting.get("attendance") != "whole"
    assert begun


def test_a_week_holds_no_session_longer_than_one_can_stay(town: judged.Town) -> None:
    longest = 0
    for v in PEOPLE.values():
        need = town.need(v)
        if need.limits.minutes is None:
            continue
        with town.database.reading() as session:
            entries = entries_by_offering(session, town.key_of)
            for planned in week_of(session, town.store, need, now=judged.NOW).sessions:
                entry = entries[planned.suggestion.place.offering]
                length = int((planned.end - planned.start).total_seconds()) // 60
                if entry.offering.attendance == "whole":
                    assert length <= need.limits.minutes, v.title
                longest = max(longest, length)
    assert longest


def test_a_night_that_goes_on_is_of_the_next_day_too() -> None:
    def night(start: float, hours: float, place: int) -> Option:
        begins = MONDAY + timedelta(hours=start)
        return Option(
            place, begins, begins + timedelta(hours=hours), int(hours * 60), 5000, frozenset(),
            LonLat(139.7, 35.7), 1,
        )  # fmt: skip

    assert clash(night(22, 4, 0), night(24.5, 2.5, 1), ANY)
    assert clash(night(24.5, 2.5, 1), night(22, 4, 0), ANY)
    assert clash(night(22, 2.5, 0), night(24.5, 2, 1), ANY), "no pause"
    assert not clash(night(22, 2.5, 0), night(25, 2, 1), ANY)
    assert clash(night(22, 2, 0), night(24, 2, 1), ANY), "no way takes no time"
    assert not clash(night(22, 2, 0), night(25, 2, 1), ANY)
    assert not clash(night(22, 1, 0), night(25, 2, 1), QUARTER)


def test_a_long_opening_leaves_the_day_to_others() -> None:
    """Two hours in a room that is open all day go before a class, after it, or nowhere."""

    def room(hours: float) -> Option:
        opens = MONDAY + timedelta(hours=10)
        closes = opens + timedelta(hours=hours)
        return Option(0, opens, closes, 120, 5000, frozenset(), LonLat(139.7, 35.7))

    for class_at, hours, comes in (
        (10, 8, "11:10"),
        (13, 8, "10:00"),
        (11, 8, "12:10"),
        (11, 4, None),
    ):
        found = best_week([room(hours), at(class_at, 1)], {}, most=2, ways=ANY)
        if comes is None:
            assert len(found) == 1
            continue
        starts = {s.option.place: f"{s.start:%H:%M}" for s in found}
        assert starts == {0: comes, 1: f"{class_at}:00"}
        assert all(s.end - s.start == timedelta(minutes=s.option.stay) for s in found)


def test_of_a_long_session_each_of_the_persons_hours_is_tried(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """A class in the morning leaves the afternoon for the room next door, and the other way."""
    at = {"lon": 139.71, "lat": 35.73}
    with sqlite_database.writing(by="test") as session:
        for name, kind, hours, attendance in (
            ("部屋", "open_space", ("10:00", "17:00"), "drop_in"),
            ("教室", "class", ("10:00", "11:30"), "whole"),
        ):
            rule = {"days": ["mon"], "from": hours[0], "to": hours[1]}
            parts = {
                "resource": {"name": name, "kind": kind, "needs": ["isolation"],
                             "audience": ["anyone"]},
                "location": at,
                "offering": {"schedule": {"rules": [rule], "closed": []}, "attendance": attendance},
            }  # fmt: skip
            register_resource(
                session, registration=Registration.model_validate(parts),
                vocabulary=default_vocabulary(), by="test",
            )  # fmt: skip
    store = IndexStore(tmp_path / "index", default_vocabulary())
    free = [("10:00", "12:00"), ("13:00", "17:00")]
    for hours in (free, free[::-1]):
        need = parse_need(
            {"at": at, "on": "2026-12-07", "needs": {"isolation": 3},
             "limits": {"sessions_per_week": 5},
             "windows": [{"day": "mon", "from": a, "to": b} for a, b in hours]},
            default_vocabulary(),
        )  # fmt: skip
        with sqlite_database.reading() as session:
            planned = week_of(session, store, need, now=judged.NOW).sessions
        assert [(s.suggestion.place.name, f"{s.start:%H:%M}") for s in planned] == [
            ("教室", "10:00"), ("部屋", "13:00"),
        ]  # fmt: skip
        assert planned[1].end - planned[1].start == timedelta(hours=2), "as one usually stays"
        within = planned[1].as_json()["within"]
        assert within == {"start": "2026-12-07T13:00+09:00", "end": "2026-12-07T17:00+09:00"}
        assert [s.is_part for s in planned] == [False, True]


def test_a_path_reckons_with_the_numbers_in_force_in_a_new_process_too(
    town: judged.Town, tmp_path: Path
) -> None:
    need = town.need(PEOPLE["母の通院で火曜と木曜は動けない息子"])
    with town.database.writing(by="test") as session:
        save_thresholds(session, given={"step_gap_rungs": 0}, shown=None, by="test")
    fresh = IndexStore(tmp_path / "another", default_vocabulary())
    with town.database.reading() as session:
        first = path_of(session, fresh, need, now=judged.NOW)
        again = path_of(session, fresh, need, now=judged.NOW)
    assert [s.rung for s in first] == [s.rung for s in again] != []
