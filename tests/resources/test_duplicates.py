"""Spoiled copies of real rows are found again, and neighbours that only look alike are not."""

import random
import uuid
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from spoiling import (
    SPOILERS,
    chain_shop,
    other_service,
    same_name_elsewhere,
    spoiled,
    two_rooms,
)

from resources.addresses_alike import address_parts, addresses_alike
from resources.blocking import Known, pairs_to_compare
from resources.commands import register_resource
from resources.database import Database
from resources.duplicates import duplicates_of, duplicates_within
from resources.registration import Registration
from resources.same_place import Facts, compare, plain_name
from resources.sources.opendata import place_of, read_table
from resources.vocabulary import default_vocabulary

COPY = 1 << 64
"""Added to an original's id: the id of its copy."""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("株式会社あおぞら", "㈱あおぞら"),
        ("特定非営利活動法人 はるかぜ", "NPO法人はるかぜ"),
        ("社会福祉法人広沢会", "(福)廣澤会"),
        ("子育て　ひろば", "子育てひろば"),
    ],
)
def test_forms_of_companies_and_letters_make_no_other_name(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第一保育園", "第二保育園"),
        ("東小学校放課後クラブ", "西小学校放課後クラブ"),
        ("ひまわりサロン", "ひまわり保育園"),
    ],
)
def test_neighbours_that_look_alike_are_two(one: str, other: str) -> None:
    here = {"lon": 138.32, "lat": 34.86, "kind": "salon"}
    assert not compare(Facts(one, **here), Facts(other, **here)).enough


def test_the_evidence_adds_up_and_says_nothing_of_what_is_not_known() -> None:
    one = Facts("はるかぜサロン", address="豊島区南大塚三丁目1番2号", phone="03-0000-1111")
    other = Facts("はるかぜ サロン", phone="０３（００００）１１１１")
    found = compare(one, other)
    assert {e.field for e in found.evidence} == {"name", "phone"}
    assert sum(e.weight for e in found.evidence) == found.weight
    assert found.enough


def _rows(shared_data: Path) -> list[Facts]:
    files = [
        *sorted((shared_data / "municipal" / "yaizu").glob("*")),
        *sorted((shared_data / "municipal" / "takamatsu").glob("*")),
    ]
    found = []
    for path in files:
        try:
            table = read_table(path)
        except Exception:  # not a file of facilities
            continue
        for row in table.rows:
            place = place_of(table, row)
            resource, location = place.resource, place.location or {}
            if resource.get("name"):
                found.append(
                    Facts(
                        resource["name"], resource.get("name_kana"), resource.get("kind"),
                        location.get("address"), resource.get("phone"),
                        location.get("lon"), location.get("lat"),
                    )
                )  # fmt: skip
    return found


def test_a_thousand_spoiled_copies_are_found_again(shared_data: Path) -> None:
    """Measured with `pytest -s`; the bounds are a little below what was measured."""
    r = random.Random(2026)
    rows = _rows(shared_data)
    assert len(rows) > 1000
    # Rows that the files themselves hold twice would count as wrong though they are right.
    originals = [Known(uuid.UUID(int=i + 1), f) for i, f in enumerate(rows)]
    twice = {
        pair
        for a, b in pairs_to_compare(originals)
        if compare(a.facts, b.facts).enough
        for pair in ((a.resource, b.resource), (b.resource, a.resource))
    }
    chosen = r.sample(originals, 1000)
    copies, ways = [], {}
    for original in chosen:
        copy, names = spoiled(original.facts, r)
        copies.append(Known(uuid.UUID(int=COPY + original.resource.int), copy))
        ways[original.resource] = names
    right = wrong = 0
    found: set[uuid.UUID] = set()
    for one, other in pairs_to_compare(originals + copies):
        if other.resource.int < COPY or one.resource.int >= COPY:
            continue
        if not compare(one.facts, other.facts).enough:
            continue
        source = uuid.UUID(int=other.resource.int - COPY)
        if one.resource == source:
            right += 1
            found.add(source)
        elif (one.resource, source) not in twice:
            wrong += 1
    recall, precision = len(found) / len(copies), right / (right + wrong)
    print(f"{len(rows):,} rows, 1,000 spoiled: recall {recall:.3f}, precision {precision:.3f}")
    for spoiler in SPOILERS:
        these = [i for i, names in ways.items() if spoiler.__name__ in names]
        share = sum(i in found for i in these) / len(these)
        print(f"  {spoiler.__name__:20} {len(these):4} copies, {share:.3f} found")
    assert recall > 0.97
    assert precision > 0.97


@pytest.mark.parametrize(
    ("neighbours", "most"),
    [(two_rooms, 0.0), (other_service, 0.02), (same_name_elsewhere, 0.02), (chain_shop, 0.0)],
)
def test_neighbours_are_hardly_ever_proposed(
    shared_data: Path, neighbours: Callable[..., tuple[Facts, Facts]], most: float
) -> None:
    r = random.Random(7)
    rows = r.sample(_rows(shared_data), 500)
    pairs = [neighbours(f, r) for f in rows]
    proposed = [pair for pair in pairs if compare(*pair).enough]
    print(f"{neighbours.__name__}: {len(proposed)} of {len(pairs)} proposed")
    assert len(proposed) / len(pairs) <= most, proposed[:5]


@pytest.mark.parametrize("seed", range(3))
def test_no_pair_is_lost_by_looking_only_where_it_is_worth_it(shared_data: Path, seed: int) -> None:
    """The slow way compares every entry with every other."""
    r = random.Random(seed)
    some = r.sample(_rows(shared_data), 150)
    entries = [
        Known(uuid.UUID(int=i + 1), f)
        for i, f in enumerate([*some, *(spoiled(f, r)[0] for f in some)])
    ]
    slow = {
        (a.resource, b.resource)
        for a, b in combinations(entries, 2)
        if compare(a.facts, b.facts).enough
    }
    quick = {
        (a.resource, b.resource)
        for a, b in pairs_to_compare(entries)
        if compare(a.facts, b.facts).enough
    }
    assert quick <= slow
    new = {e.resource for e in r.sample(entries, 20)}
    of_new = {(a.resource, b.resource) for a, b in pairs_to_compare(entries, of=new)}
    assert all(new & set(pair) for pair in of_new)
    assert {pair for pair in quick if new & set(pair)} <= of_new
    print(f"{len(slow)} pairs, {len(slow - quick)} not looked at")
    assert len(slow - quick) <= len(slow) * 0.01


def test_numbers_of_a_house_are_one_however_they_are_written() -> None:
    written = ["豊島区南大塚三丁目1番2号", "東京都豊島区南大塚3-1-2", "南大塚３丁目１－２ 3階",
               "豊島区南大塚3丁目1の2", "豊島区南大塚３－１－２"]  # fmt: skip
    parts = [address_parts(a) for a in written]
    assert {p.numbers for p in parts} == {("3", "1", "2")}
    for other in parts[1:]:
        assert addresses_alike(parts[0], other) == (100.0, 3.0)
    elsewhere = address_parts("豊島区南大塚三丁目5番2号")
    assert addresses_alike(parts[0], elsewhere)[1] < 0


def test_a_place_that_is_there_is_proposed_when_it_is_registered_again(database: Database) -> None:
    first = {
        "resource": {"name": "はるかぜサロン", "kind": "salon", "phone": "03-0000-1111"},
        "location": {"address": "豊島区南大塚三丁目1番2号", "lon": 139.7286, "lat": 35.7317},
    }
    hidden = {
        "resource": {"name": "はるかぜ相談所", "kind": "salon"},
        "location": {"address": "架空町1", "lon": 139.7287, "lat": 35.7317, "visibility": "hidden"},
    }
    with database.writing(by="test") as session:
        for parts in (first, hidden):
            register_resource(
                session, registration=Registration.model_validate(parts),
                vocabulary=default_vocabulary(), by="test",
            )  # fmt: skip
    with database.reading() as session:
        again = Facts("㈱はるかぜ サロン", kind="salon", lon=139.7287, lat=35.7318)
        (proposal,) = duplicates_of(session, again)
        assert proposal.other.facts.name == "はるかぜサロン"
        assert {e.field for e in proposal.likeness.evidence} == {"name", "distance_m", "kind"}
        assert duplicates_of(session, Facts("ひまわり食堂", lon=139.73, lat=35.73)) == []
        (hit,) = duplicates_of(session, Facts("はるかぜ相談所", lon=139.7287, lat=35.7317))
        assert "distance_m" not in {e.field for e in hit.likeness.evidence}, "it would tell where"
        assert duplicates_within(session) == []
