"""`ibasho vocabulary` lists the closed lists with their use, and keeps them."""

import pytest
from terminal import Ibasho


def words(ibasho: Ibasho, *more: str) -> dict[str, dict[str, object]]:
    listed = ibasho("vocabulary", "--format", "json", *more)
    assert listed.code == 0, listed.err
    return {f"{t['axis']}/{t['code']}": t for t in listed.json["terms"]}


def test_the_lists_are_shown_and_kept(ibasho: Ibasho) -> None:
    before = words(ibasho)
    assert before["kind/employer"]["term_days"] == 30
    assert before["kind/employer"]["used"] == 0
    assert "kind/employer" in words(ibasho, "--rare")
    for order in (
        ("set", "kind", "employer", "--ja", "職場", "--term-days", "45", "--yes"),
        ("add", "activity", "tea_ceremony", "--ja", "茶道", "--en", "Tea ceremony"),
        ("retire", "activity", "sewing"),
        ("replace", "activity", "reading", "quiet"),
        ("restore", "activity", "sewing"),
    ):
        done = ibasho("vocabulary", *order)
        assert done.code == 0, done.err
    after = words(ibasho)
    assert (after["kind/employer"]["ja"], after["kind/employer"]["term_days"]) == ("職場", 45)
    assert after["kind/employer"]["en"] == before["kind/employer"]["en"]
    assert after["activity/tea_ceremony"]["active"]
    assert after["activity/sewing"]["active"]
    assert not after["activity/reading"]["active"]
    assert set(after) == {*before, "activity/tea_ceremony"}
    assert "employer" in ibasho("vocabulary").out


def test_what_another_term_does_is_shown_before_it_is_kept(ibasho: Ibasho) -> None:
    tried = ibasho("vocabulary", "set", "kind", "salon", "--term-days", "45", "--format", "json")
    assert tried.code == 0, tried.err
    effect = tried.json["verifying"]
    assert (effect["days_before"], effect["days_after"]) == (90, 45)
    assert {"surer", "less_sure", "changed"} <= set(tried.json["lists"])
    assert "--yes" in tried.err
    assert words(ibasho)["kind/salon"]["term_days"] == 90
    assert "90 → 45 days" in ibasho("vocabulary", "set", "kind", "salon", "--term-days", "45").out


@pytest.mark.parametrize(
    "order",
    [
        ("retire", "step", "visit"),
        ("add", "need", "debt", "--ja", "a", "--en", "b"),
        ("set", "kind", "castle", "--ja", "城"),
        ("set", "kind", "salon", "--term-days", "0"),
        ("replace", "audience", "women", "anyone"),
    ],
)
def test_what_cannot_be_ends_with_2_and_one_sentence(ibasho: Ibasho, order: tuple[str]) -> None:
    refused = ibasho("vocabulary", *order)
    assert refused.code == 2
    assert refused.err.startswith("ibasho: ")
    assert len(refused.err.strip().splitlines()) == 1


def test_what_a_need_means_is_shown_first_and_kept_with_yes(ibasho: Ibasho) -> None:
    order = ("vocabulary", "set", "need", "hoarding", "--audience", "carers, withdrawn", "--rides")
    tried = ibasho(*order, "--format", "json")
    assert tried.code == 0, tried.err
    assert {"changed", "people"} <= set(tried.json)
    assert "--yes" in tried.err
    assert "rides" not in words(ibasho)["need/hoarding"]
    kept = ibasho(*order, "--yes")
    assert kept.code == 0, kept.err
    told = words(ibasho)["need/hoarding"]
    assert (told["audience"], told["rides"]) == (["carers", "withdrawn"], True)
    assert ibasho("vocabulary", "set", "need", "hoarding", "--audience", "", "--yes").code == 0
    assert words(ibasho)["need/hoarding"]["audience"] == []
    for wrong in (("need", "hoarding", "--audience", "castle"), ("kind", "salon", "--rides")):
        refused = ibasho("vocabulary", "set", *wrong)
        assert refused.code == 2
        assert len(refused.err.strip().splitlines()) == 1
