"""`ibasho capacity` says what is needed, with formulas, and refuses numbers that can't be."""

from terminal import Ibasho


def test_it_answers_for_the_whole_country(ibasho: Ibasho) -> None:
    wanted = ["--municipalities", 1741, "--staff", 60000, "--offerings", 1000000]
    answer = ibasho("capacity", *wanted, "--format", "json").json
    assert answer["asked"]["municipalities"] == 1741
    by_key = {line["key"]: line for line in answer["needed"]}
    assert by_key["machines"]["value"] >= 1
    assert by_key["connections"]["formula"]
    assert answer["measured"][0]["command"] == "python -m benchmarks.capacity"
    shown = ibasho("capacity", *wanted)
    assert shown.code == 0
    assert "machines" in shown.out


def test_it_refuses_what_cannot_be(ibasho: Ibasho) -> None:
    assert ibasho("capacity", "--busy-percent", 101).code == 2
    assert ibasho("capacity", "--staff", 0).code == 2
