"""What a support worker relies on in a list of suggestions."""

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from quiet_place import AT, NOW, TUESDAYS, need, place, suggested

from matching.need import BadNeed, parse_need
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.why import explain
from resources.commands import NotFound, set_availability, set_status
from resources.database import Database
from resources.queries import entries_by_offering
from resources.vocabulary import default_vocabulary


def test_a_place_registered_by_another_process_is_in_the_next_list(
    database: Database, store: IndexStore, register: Any, tmp_path: Path
) -> None:
    other = IndexStore(tmp_path / "index", default_vocabulary())  # another process's view
    assert not suggested(database, other, need()).suggestions
    offering = register(**place())
    assert [s.place.offering for s in suggested(database, other, need()).suggestions] == [offering]
    assert [s.place.offering for s in suggested(database, store, need()).suggestions] == [offering]


def test_a_place_filled_since_the_index_was_built_is_left_out(
    database: Database, store: IndexStore, register: Any
) -> None:
    offering = register(**place())
    with database.reading() as session:
        store.build(session)
    assert suggested(database, store, need()).suggestions
    with database.writing(by="test") as session:
        set_availability(
            session, offering_id=offering, status="none", places=0, said_by="host",
            said_on=date(2026, 11, 24), by="test",
        )  # fmt: skip
    answer = suggested(database, store, need())
    assert not answer.suggestions
    assert answer.removed_by == {"places": 1}
    assert answer.nearest_misses[0].failed[0].change.ja == "定員に空きが出れば可"
    assert answer.relaxation.rule == "places"


def test_a_closed_place_is_never_suggested_and_why_says_so(
    database: Database, store: IndexStore, register: Any
) -> None:
    offering = register(**place())
    with database.writing(by="test") as session:
        from resources.models import Offering

        resource_id = session.get_one(Offering, offering).resource_id
        set_status(session, resource_id=resource_id, status="closed", reason="終わった", by="test")
    assert not suggested(database, store, need()).suggestions
    with database.reading() as session:
        why = explain(session, store, need(), offering, now=NOW)
    assert not why.suggestible
    assert [v.rule for v in why.verdicts if v.verdict == "fail"] == ["published"]


def test_a_place_that_two_files_list_is_suggested_once(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**place(metres_north=100))
    register(**place(metres_north=120, resource={"name": "静かな 居場所"}))
    register(**place(metres_north=140, resource={"name": "静かな居場所　別館"}))
    answer = suggested(database, store, need(walk_minutes=20))
    assert [s.place.name for s in answer.suggestions] == ["静かな居場所", "静かな居場所　別館"]


def test_the_contributions_add_up_to_the_score_and_the_same_question_gives_the_same_answer(
    database: Database, store: IndexStore, register: Any
) -> None:
    for metres in (100, 500, 900):  # one name: farther apart they are different places
        register(**place(metres_north=metres))
    asked = need(
        walk_minutes=20,
        needs={"withdrawal": 3, "mental_health": 2},
        wishes={"activities": ["reading"], "text": "静かに本を読みたい"},
        step=1,
        limits={"noise": "low", "group_size": 3},
    )
    first, second = (suggested(database, store, asked).as_json() for _ in range(2))
    assert first == second
    assert len(first["suggestions"]) == 3
    for s in first["suggestions"]:
        assert round(sum(s["contributions"].values()), 4) == s["score"]
        assert s["next_session"] == {
            "start": "2026-12-01T13:00+09:00",
            "end": "2026-12-01T15:00+09:00",
            "uncertain": False,
        }
    assert first["suggestions"][0]["distance_m"] == 100


def test_a_miss_says_the_one_change_that_would_let_it_in(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**place(resource={"name": "遠い", "age_min": None}, metres_north=1500))
    register(**place(resource={"name": "高い", "fee_yen": 500}))
    register(**place(resource={"name": "若い人", "age_max": 29}))
    asked = need(
        walk_minutes=15, age=34, limits={"max_yen": 300},
        windows=[{"day": "tue", "from": "13:00", "to": "17:00"}],
    )  # fmt: skip
    register(
        **place(
            resource={"name": "木曜"},
            offering={
                "schedule": {"rules": [{**TUESDAYS["rules"][0], "days": ["thu"]}], "closed": []}
            },
        )
    )
    misses = {m.place.name: m for m in suggested(database, store, asked).nearest_misses}
    words = {name: [v.change.ja for v in m.failed] for name, m in misses.items()}
    assert words["高い"] == ["1回 500 円まで払えれば可"]
    assert words["木曜"] == ["木曜13:00～15:00のうち30分来られれば可"]
    assert words["若い人"] == ["29歳までの対象を広げてもらえれば可"]


@pytest.mark.parametrize(
    ("safety", "place_facts"),
    [
        ({"protected": True}, {"confirms_participants": None, "publishes_members": False}),
        ({"protected": True}, {"confirms_participants": True, "publishes_members": None}),
        ({"no_alcohol": True}, {"alcohol": None}),
        ({"no_children_present": True}, {"children_present": None}),
    ],
)
def test_for_safety_not_known_counts_as_no_and_is_no_near_miss(
    database: Database, store: IndexStore, register: Any, safety: Any, place_facts: Any
) -> None:
    register(**place(resource=place_facts))
    answer = suggested(database, store, need(safety=safety))
    assert not answer.suggestions
    assert not answer.nearest_misses
    assert answer.relaxation is None


def test_a_minor_is_only_sent_where_minors_are_surely_provided_for(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**place(kind="youth_space", resource={"age_min": 10, "child_safe": None}))
    known = register(**place(kind="youth_space", resource={"age_min": 10, "child_safe": True}))
    found = suggested(database, store, need(age=14)).suggestions
    assert [s.place.offering for s in found] == [known]


HIDDEN_ADDRESS = "南大塚三丁目41-12"


def test_a_hidden_place_tells_nothing_of_where_it_is(
    database: Database, store: IndexStore, register: Any
) -> None:
    hidden = {"visibility": "hidden", "address": HIDDEN_ADDRESS}
    offering = register(**place(location=hidden))
    found = suggested(database, store, need(walk_minutes=20)).as_json()["suggestions"]
    assert [s["offering"] for s in found] == [str(offering)]
    for field in ("lon", "lat", "accuracy_m", "address", "distance_m", "walk_minutes"):
        assert found[0][field] is None
    with database.reading() as session:
        why = explain(session, store, need(walk_minutes=20), offering, now=NOW).as_json()
        store.build(session)
    assert why["lon"] is why["lat"] is why["distance_m"] is why["address"] is None
    # Not even the files of the index hold it.
    written = b"".join(p.read_bytes() for p in store.folder.rglob("*") if p.is_file())
    assert HIDDEN_ADDRESS.encode() not in written
    assert "静かな居場所".encode() in written


def test_a_point_of_the_town_only_is_not_called_within_reach_when_it_may_be_outside(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**place(metres_north=500, location={"accuracy_m": 180}))
    found = suggested(database, store, need(radius_m=550)).suggestions[0]
    assert {v.rule: v.verdict for v in found.verdicts}["reach"] == "unknown"


def test_not_five_of_one_host_or_kind_while_others_fit(
    database: Database, store: IndexStore, register: Any
) -> None:
    from resources.models import Offering, Resource

    first = register(**place())
    with database.reading() as session:
        resource_id = session.get_one(Offering, first).resource_id
        host = session.get_one(Resource, resource_id).organization_id
    for _ in range(6):
        register(**{**place(), "organization": {"id": host}})
    others = [register(**place(kind="salon", metres_north=900)) for _ in range(3)]
    found = suggested(database, store, need(), limit=5).suggestions
    assert sum(s.place.host == "架空の会" and s.place.kind == "open_space" for s in found) <= 4
    assert {s.place.offering for s in found} & set(others)


def test_a_host_that_must_be_spared_is_no_reason_against_a_place_where_one_walks_in(
    database: Database, store: IndexStore, register: Any
) -> None:
    spared = [
        {"name": "休む会", "resting_until": date(2027, 1, 10)},
        {"name": "手一杯の会", "accompanied_cap": 2, "accompanied_now": 2},
    ]

    def of_each_host(kind: str) -> set[uuid.UUID]:
        return {
            register(
                **{
                    **place(kind, resource={"name": f"{kind} {i}", "needs": ["poverty"]}),
                    "organization": host,
                }
            )
            for i, host in enumerate(spared)
        }

    pantries, salons = of_each_host("food_support"), of_each_host("salon")
    asked = need(needs={"poverty": 3})
    found = suggested(database, store, asked).suggestions
    assert {s.place.offering for s in found} == pantries
    for suggestion in found:
        (verdict,) = [v for v in suggestion.verdicts if v.rule == "host_rest"]
        said = verdict.verdict, verdict.field, verdict.value
        assert said == ("pass", "kind", "food_support")
    with database.reading() as session:
        for offering in salons:
            told = explain(session, store, asked, offering, now=NOW)
            assert [v.rule for v in told.verdicts if v.verdict == "fail"] == ["host_rest"]


def test_what_answers_the_essential_need_stands_above_what_answers_two_others(
    database: Database, store: IndexStore, register: Any
) -> None:
    group = register(**place("self_help", resource={"name": "断酒の集い", "needs": ["addiction"]}))
    salon = register(
        **place("salon", resource={"name": "縫い物の会", "needs": ["isolation", "no_role"]})
    )
    other = {"isolation": 2, "no_role": 2}
    found = suggested(database, store, need(needs={"addiction": 3, **other})).suggestions
    assert [s.place.offering for s in found] == [group, salon]
    assert found[0].contributions["needs"] > found[1].contributions["needs"] > 0
    # Where nothing is essential, more counts as more.
    equal = suggested(database, store, need(needs={"addiction": 2, **other})).suggestions
    assert [s.place.offering for s in equal] == [salon, group]
    with database.reading() as session:
        told = explain(session, store, need(needs={"addiction": 3, **other}), salon, now=NOW)
    (weighed,) = [w for w in told.weighed if w.criterion == "needs"]
    assert "50％として計算" in weighed.ground.words.ja


def test_a_kind_that_is_there_for_the_need_comes_before_one_that_is_good_for_it_too(
    database: Database, store: IndexStore, register: Any
) -> None:
    both = {"needs": ["isolation", "no_role"], "description": "どなたでも"}
    team = register(**place("volunteer", resource={"name": "清掃の会", **both}))
    salon = register(**place("salon", metres_north=120, resource={"name": "お茶の会", **both}))
    lonely = need(needs={"isolation": 3})
    found = suggested(database, store, lonely).suggestions
    assert [s.place.offering for s in found] == [salon, team]
    with database.reading() as session:
        told = explain(session, store, lonely, team, now=NOW)
    (weighed,) = [w for w in told.weighed if w.criterion == "needs"]
    assert "92％として計算" in weighed.ground.words.ja
    idle = suggested(database, store, need(needs={"no_role": 3})).suggestions
    assert [s.place.offering for s in idle] == [team, salon]


def test_a_guess_of_the_kind_suggests_no_place_that_says_otherwise_unless_it_is_the_heaviest(
    database: Database, store: IndexStore, register: Any
) -> None:
    other = {"activities": ["gardening"], "description": "花壇の手入れ"}
    says_other = register(
        **place("volunteer", resource={"name": "花の会", "needs": ["no_role"], **other})
    )
    says_nothing = register(
        **place("volunteer", resource={"name": "緑の会", "needs": None, **other})
    )
    says_so = register(
        **place("class", resource={"name": "日本語教室", "needs": ["foreign", "isolation"]})
    )
    asked = need(needs={"foreign": 3, "isolation": 2})
    assert "isolation" in default_vocabulary().term("kind", "volunteer").facts["needs"]
    found = suggested(database, store, asked)
    assert [s.place.offering for s in found.suggestions] == [says_so]
    assert found.removed_by == {"minimum": 2}
    with database.reading() as session:
        told = explain(session, store, asked, says_other, now=NOW)
    assert not told.enough_score
    alone = suggested(database, store, need(needs={"isolation": 3, "foreign": 1})).suggestions
    assert {says_other, says_nothing} <= {s.place.offering for s in alone}
    # What no kind usually answers can't be guessed of a place that says nothing.
    unguessed = suggested(database, store, need(needs={"hoarding": 3, "isolation": 2})).suggestions
    assert says_nothing in [s.place.offering for s in unguessed]
    assert says_other not in [s.place.offering for s in unguessed]


@pytest.mark.parametrize(
    ("addressed", "accepted", "verdict"),
    [
        (["disability"], ["withdrawn"], "unknown"),  # likely accepted besides
        (["disability", "mental_health"], ["mental_health"], "fail"),
        (["disability"], ["disability", "withdrawn"], "pass"),
        (["anyone"], ["withdrawn"], "fail"),
        (["anyone", "disability"], ["withdrawn"], "unknown"),
        (["elderly"], ["withdrawn"], "fail"),
        (["elderly"], ["anyone"], "pass"),
    ],
)
def test_who_is_addressed_asks_where_none_of_them_is_among_who_is_accepted(
    database: Database, store: IndexStore, register: Any,
    addressed: list[str], accepted: list[str], verdict: str,
) -> None:  # fmt: skip
    facts = {"audience": addressed, "accepted_audience": accepted}
    offering = register(**place("activity_centre", resource=facts))
    asked = need(needs={"disability": 3}, age=44)
    with database.reading() as session:
        told = explain(session, store, asked, offering, now=NOW)
    (found,) = [v for v in told.verdicts if v.rule == "audience"]
    assert found.verdict == verdict


@pytest.mark.parametrize("access", ["step_free", "with_child"])
def test_where_it_is_not_known_whether_one_can_get_in_a_place_comes_after_those_where_it_is(
    database: Database, store: IndexStore, register: Any, access: str
) -> None:
    def at(metres: float, name: str, known: bool | None) -> uuid.UUID:
        facts: dict[str, Any] = {"resource": {"name": name}, "location": {}}
        facts["location" if access == "step_free" else "resource"][access] = known
        return register(**place(metres_north=metres, **facts))

    unknown, known, barred = at(100, "近い所", None), at(400, "遠い所", True), at(50, "不可", False)
    anybody = suggested(database, store, need()).suggestions
    assert [s.place.offering for s in anybody] == [barred, unknown, known]
    found = suggested(database, store, need(limits={access: True})).suggestions
    assert [s.place.offering for s in found] == [known, unknown]
    assert found[0].score < found[1].score  # the fit is what it is; how sure it is isn't
    assert found[1].confidence <= found[0].confidence / 2
    assert "要確認" in found[1].confidence_words.ja
    assert "要確認" not in found[0].confidence_words.ja


def test_an_amenity_is_never_a_place_of_participation(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**place(kind="amenity"))
    answer = suggested(database, store, need())
    assert not answer.suggestions
    assert not answer.nearest_misses


def test_why_of_an_unknown_offering_is_not_found(database: Database, store: IndexStore) -> None:
    with database.reading() as session, pytest.raises(NotFound):
        explain(session, store, need(), uuid.uuid4(), now=NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at": {"lon": 35.7, "lat": 139.7}}, "at"),
        ({"at": {"lon": 0.0, "lat": 0.0}}, "at"),
        ({"at": {}}, "at"),
        ({"at": {"address": "どこか"}}, "at.address"),
        ({"needs": {"secret_illness": 3}}, "needs"),
        ({"needs": {"isolation": 4}}, "needs.isolation"),
        ({"on": "2026-02-30"}, "on"),
        ({"age": 300}, "age"),
        ({"windows": [{"day": "mon", "from": "17:00", "to": "13:00"}]}, "windows.0"),
        ({"limits": {"languages": ["xx"]}}, "limits.languages"),
        ({"name": "secret"}, ""),
        ({"speed_m_s": float("nan")}, "speed_m_s"),
    ],
)
def test_a_bad_question_names_the_field_and_never_repeats_what_was_said(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadNeed) as caught:
        parse_need({"at": AT, **change}, default_vocabulary())
    assert caught.value.field == field
    assert "secret" not in str(caught.value)
    assert caught.value.problem.ja


def test_a_place_beyond_walking_says_by_which_way_each_its_own(
    database: Database, store: IndexStore, register: Any
) -> None:
    fetched = register(
        **place(metres_north=1500, resource={"name": "迎えの来る会", "transport": True})
    )
    online = register(**place(metres_north=1500, resource={"name": "画面の会", "online": True}))
    asked = need(needs={"isolation": 3, "illness": 2}, walk_minutes=10)
    for _ in range(
        2
    ):  # what was said of one place is remembered for the next, and for the next list
        ways = {
            s.place.offering: [v.change and v.change.ja for v in s.verdicts if v.rule == "reach"]
            for s in suggested(database, store, asked).suggestions
        }
        assert ways == {
            fetched: ["送迎を使えれば可"],
            online: ["オンラインで参加する（入り方は要確認）"],
        }


def test_the_farther_a_place_would_have_to_come_the_less_sure_it_is(
    database: Database, store: IndexStore, register: Any
) -> None:
    def made(metres: int, **says: bool) -> uuid.UUID:
        named = {"name": f"{metres} m先の会 {says}", **says}
        found: uuid.UUID = register(**place(metres_north=metres, resource=named))
        return found

    fetched = [made(metres, transport=True) for metres in (900, 3000, 5500)]
    online = made(5500, online=True)
    asked = need(needs={"isolation": 3, "illness": 2}, walk_minutes=10)
    sure = {s.place.offering: s.confidence for s in suggested(database, store, asked).suggestions}
    near, half, far = (sure[offering] for offering in fetched)
    assert near == pytest.approx(sure[online], abs=3), "next door, it is as good as known"
    assert half == pytest.approx(sure[online] / 2, abs=1)
    assert far < half / 2
    there = need(needs={"isolation": 3, "illness": 2}, walk_minutes=120)
    walked = {s.place.offering: s.confidence for s in suggested(database, store, there).suggestions}
    assert walked[fetched[2]] > sure[online], "who walks there needs nobody to come"


@pytest.mark.parametrize(
    ("steps", "person", "rung"),
    [
        ([2, 3], 1, 2),  # the next one up
        ([2, 3], 2, 3),
        ([2, 3], 3, 3),  # there is no role here: where one stands
        ([2, 3], 4, 3),  # one below is better than none
        ([0], 0, 0),
        ([2, 3], None, 2),  # nobody knows where they stand: the lowest
        (None, 1, None),
    ],
)
def test_a_suggestion_names_the_rung_on_which_one_would_begin(
    database: Database,
    store: IndexStore,
    register: Any,
    steps: list[int] | None,
    person: int | None,
    rung: int | None,
) -> None:
    register(**place(resource={"steps": steps}))
    asked = need() if person is None else need(step=person)
    (found,) = suggested(database, store, asked).suggestions
    assert found.rung == rung
    assert found.as_json()["rung"] == rung


@pytest.mark.parametrize(
    ("says", "age", "field", "value"),
    [
        ({"age_min": 15, "age_max": 64}, 34, "age_max", 64),
        ({"age_min": 15, "age_max": 64}, 10, "age_min", 15),
        ({"age_min": 15, "age_max": 64}, 70, "age_max", 64),
        ({"age_min": 15, "age_max": None}, 34, "age_min", 15),
        ({"age_min": 15, "age_max": 64, "accepted_age_max": 80}, 70, "accepted_age_max", 80),
        ({"age_min": None, "age_max": None}, 34, "age_max", None),
    ],
)
def test_an_age_is_judged_by_the_limit_that_is_named(
    says: dict[str, Any], age: int, field: str, value: int | None,
    database: Database, store: IndexStore, register: Any,
) -> None:  # fmt: skip
    offering = register(**place(resource=says))
    with database.reading() as session:
        told = explain(session, store, need(age=age), offering, now=NOW)
    (verdict,) = (v for v in told.verdicts if v.rule == "age")
    assert (verdict.field, verdict.value) == (field, value)


def test_a_list_and_its_explanation_mark_the_same_places_as_invented(
    database: Database, store: IndexStore, register: Callable[..., uuid.UUID]
) -> None:
    at = {"lon": 139.7148, "lat": 35.7290}
    own = {
        name: register(resource={"name": name, "kind": "open_space"}, location=at)
        for name in ("場", "回", "真")
    }
    with database.writing(by="test") as session:
        entries = entries_by_offering(session, own.values())
        entries[own["場"]].resource.invented = True
        entries[own["回"]].offering.invented = True
    asked = parse_need({"at": at}, default_vocabulary())
    with database.reading() as session:
        answer = suggest_placements(session, store, asked)
        listed = {s.place.offering: s.place.invented for s in answer.suggestions}
        told = {i: explain(session, store, asked, i).suggestion.place.invented for i in listed}
    assert listed == told
    assert {name: listed[i] for name, i in own.items()} == {"場": True, "回": True, "真": False}
