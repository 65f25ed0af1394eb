"""Spoiled copies of real rows are found again, and neighbours that only look alike are not."""

import random
import uuid
from pathlib import Path

import pytest

from resources.commands import register_resource
from resources.database import Database
from resources.duplicates import Known, duplicates_of, duplicates_within, pairs_to_compare
from resources.registration import Registration
from resources.same_place import Facts, compare, plain_name
from resources.sources.opendata import place_of, read_table
from resources.vocabulary import default_vocabulary

FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-"}
OLDER = str.maketrans("沢広浜学国桜竜辺斉高", "澤廣濱學國櫻龍邊齊髙")


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


def _spoiled(f: Facts, r: random.Random) -> Facts:
    """Return an entry as another hand might have written it."""
    name, address, phone = f.name, f.address, f.phone
    lon, lat = f.lon, f.lat
    for _ in range(r.randint(1, 3)):
        match r.randrange(7):
            case 0:
                name = name.translate(OLDER)
            case 1:
                name = r.choice(["㈱", "（株）", "NPO法人", "社会福祉法人　"]) + name
            case 2 if len(name) > 6:
                at = r.randrange(1, len(name))
                name = name[:at] + name[at + 1 :]
            case 3:
                at = r.randrange(1, max(2, len(name)))
                name = name[:at] + r.choice([" ", "　", "・"]) + name[at:]
            case 4 if address:
                address = r.choice(
                    [address.translate(FULL_WIDTH), address.replace("番地", "-"), None]
                )
            case 5:
                phone = r.choice([phone and phone.replace("-", ""), None])
            case 6 if lon is not None and lat is not None:
                lon, lat = r.choice(
                    [(lon + r.uniform(-4e-4, 4e-4), lat + r.uniform(-4e-4, 4e-4)), (None, None)]
                )
    return Facts(name, f.kana if r.random() < 0.5 else None, f.kind, address, phone, lon, lat)


def test_a_thousand_spoiled_copies_are_found_again(shared_data: Path) -> None:
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
    copies = [
        Known(uuid.UUID(int=(1 << 64) + o.resource.int), _spoiled(o.facts, r)) for o in chosen
    ]
    right = wrong = 0
    found: set[uuid.UUID] = set()
    for a, b in pairs_to_compare(originals + copies):
        one, other = sorted((a, b), key=lambda k: k.resource.int)
        if other.resource.int < 1 << 64 or one.resource.int >= 1 << 64:
            continue
        if not compare(one.facts, other.facts).enough:
            continue
        source = uuid.UUID(int=other.resource.int - (1 << 64))
        if one.resource == source:
            right += 1
            found.add(source)
        elif (one.resource, source) not in twice:
            wrong += 1
    recall, precision = len(found) / len(copies), right / (right + wrong)
    print(f"{len(rows):,} rows, 1,000 spoiled: recall {recall:.3f}, precision {precision:.3f}")
    assert recall > 0.95
    assert precision > 0.95


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
