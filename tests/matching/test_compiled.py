"""Loops that run as machine code give what each rule and criterion says on its own."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from geodata import compiled
from geodata.coordinates import LonLat, great_circle_m
from geodata.straight import metres_between
from matching.codebook import Codebook
from matching.columns import LOOK, RECORD
from matching.criteria import CRITERIA, value_of
from matching.rules import RULES, put_rule
from matching.terms import ESSENTIAL, TERMS
from resources.vocabulary import default_vocabulary

PLACES = 300


@pytest.fixture(scope="module")
def anything():
    """Records, looks and terms with every value that a field may hold, known and not known."""
    r = random.Random(11)
    codebook = Codebook(default_vocabulary())
    records, looks = np.zeros(PLACES, RECORD), np.zeros(PLACES, LOOK)
    terms = np.zeros(PLACES, TERMS)
    for name in RECORD.names:
        kind, n = RECORD[name].base.kind, records[name].size
        values = (
            [r.choice([float("nan"), 139.7 + r.random()]) for _ in range(n)]
            if kind == "f"
            else [r.randint(-1 if kind == "i" else 0, 3) for _ in range(n)]
        )
        records[name] = np.array(values).reshape(records[name].shape)
    for name in ("visit_first", "accompaniment", "online"):
        records[name] = [r.randint(-1, 1) for _ in range(PLACES)]
    records["accuracy_m"] = [r.choice([0.0, 180.0]) for _ in range(PLACES)]
    records["kind"] = [r.randrange(len(codebook.kinds)) for _ in range(PLACES)]
    looks["distance_m"] = [
        r.choice([float("nan"), float("inf"), r.uniform(0, 4000)]) for _ in range(PLACES)
    ]
    looks["walk_m"] = np.rint(looks["distance_m"]) * r.choice([1.0, 1.3])
    for name in ("held", "fitting"):
        looks[name] = [r.choice([0, r.getrandbits(57)]) for _ in range(PLACES)]
    looks["shortest_stay"] = [r.choice([-1, 0, 30, 90]) for _ in range(PLACES)]
    looks["alike"] = [r.random() for _ in range(PLACES)]
    for name in ("excluded_host", "excluded_resource", "excluded_area"):
        looks[name] = [r.randint(0, 1) for _ in range(PLACES)]
    for name in TERMS.names:
        if TERMS[name].shape == () and TERMS[name].kind == "i":
            terms[name] = [r.randint(-1, 3) for _ in range(PLACES)]
    for name in ("step", "audience_yes", "audience_maybe", "languages", "holds"):
        terms[name] = [r.randint(0, 5) for _ in range(PLACES)]
    terms["activities"] = [r.randint(1, 3) for _ in range(PLACES)]
    terms["activities_wished"] = np.bitwise_count(terms["activities"])
    terms["text_wished"] = 1
    terms["noise"] = [r.randint(0, 2) for _ in range(PLACES)]
    for name in ("walk_limit_m", "radius_m"):
        terms[name] = [r.choice([float("inf"), 1000.0]) for _ in range(PLACES)]
    terms["speed_m_s"] = 1.1
    for name, value in (
        ("near_half_minutes", 15), ("fee_half_yen", 2), ("usual", 0.6), ("beside", 0.5), ("other_needs", 0.9),
        ("visit_share", 0.6), ("host_room", 0.6), ("host_experience", 0.2), ("host_answers", 0.2),
        ("experience_half", 10), ("answer_half_days", 7), ("alike_enough", 0.15),
    ):  # fmt: skip
        terms[name] = value
    terms["need_weights"][:, :3] = [[r.randint(0, 3) for _ in range(3)] for _ in range(PLACES)]
    terms["need_weights"][:, 3] = 1
    terms["need_total"] = terms["need_weights"].sum(axis=1)
    weights = terms["need_weights"].T
    heaviest = weights.max(axis=0)
    for name, least in (
        ("needs", 1.0),
        ("essential_needs", ESSENTIAL),
        ("needs_that_matter", np.maximum(heaviest - 1.0, 1.0)),
        ("heaviest_needs", heaviest),
    ):
        heavy = np.greater_equal(weights, least).T
        terms[name] = [sum(1 << bit for bit in np.flatnonzero(row).tolist()) for row in heavy]
    terms["guessed_needs"] = terms["heaviest_needs"] * [r.randint(0, 1) for _ in range(PLACES)]
    terms["term_days"][:, : len(codebook.kinds)] = codebook.term_days
    terms["participation"][:, : len(codebook.kinds)] = codebook.participation
    terms["accompanies"][:, : len(codebook.kinds)] = codebook.accompanies
    terms["required"][:, : len(codebook.kinds)] = codebook.required
    terms["first_needs"][:, : len(codebook.kinds)] = codebook.first_needs
    terms["usual_audience"][:, : len(codebook.kinds)] = codebook.usual_audience
    terms["circle_needs"][:, : len(codebook.circle_needs)] = codebook.circle_needs
    return list(zip(records, looks, terms, strict=True))


def _put(k, p, look, a):
    """Return what the rule of a number says of one place."""
    found = np.zeros(1, np.int8)
    put_rule(k, p.reshape(1), look.reshape(1), a, found)
    return int(found[0])


@pytest.mark.parametrize("k", range(len(RULES)), ids=[rule.code for rule in RULES])
def test_a_rule_is_found_by_its_number(k, anything):
    own = RULES[k].test.py_func
    expected = [int(own(p, look, a)) for p, look, a in anything]
    assert [_put(k, *one) for one in anything] == expected
    assert len(set(expected)) > 1, "these places don't tell this rule from one that is constant"


@pytest.mark.parametrize("k", range(len(CRITERIA)), ids=[c.code for c in CRITERIA])
def test_a_criterion_is_found_by_its_number(k, anything):
    own = CRITERIA[k].value.py_func
    expected = [float(own(p, look, a)) for p, look, a in anything]
    found = [value_of(k, p, look, a) for p, look, a in anything]
    assert found == pytest.approx(expected, rel=1e-12)
    assert len(set(expected)) > 1
    assert all(0.0 <= value <= 1.0 for value in found)


RISES, FALLS = 1, -1


@pytest.mark.parametrize(
    ("code", "part", "field", "values", "way"),
    [
        ("needs", "place", "needs", [0, 0b1, 0b11, 0b111, 0b1111, 0b11111], RISES),
        ("wishes", "look", "alike", [0.0, 0.01, 0.2, 0.7, 1.0], RISES),
        ("wishes", "place", "activities", [0b100, 0b101, 0b111], RISES),
        ("wishes", "place", "online", [0, -1, 1], RISES),
        ("nearness", "look", "walk_m", [0.0, 1.0, 500.0, 20_000.0], FALLS),
        ("time", "look", "fitting", [0, 0b10, 0b110, 0b11111110, (1 << 29) - 1], RISES),
        ("atmosphere", "place", "noise", [0, 1, 2], FALLS),
        ("atmosphere", "place", "conversation", [0, 1, 2], FALLS),
        ("atmosphere", "place", "group_size", [1, 2, 8, 200], FALLS),
        ("first_contact", "place", "visit_first", [0, -1, 1], RISES),
        ("first_contact", "place", "accompaniment", [0, -1, 1], RISES),
        ("cost", "place", "fee_yen", [0, 1, 300, 5_000, 1_000_000], FALLS),
        ("freshness", "place", "verified_day", [-1, 0, 1, 2, 3], RISES),
        ("host", "place", "host_now", [0, 1, 2, 9], FALLS),
    ],
)
def test_a_criterion_only_rises_or_only_falls_with_what_it_measures(
    code, part, field, values, way, anything
):
    (k,) = (i for i, criterion in enumerate(CRITERIA) if criterion.code == code)
    moved = False
    for p, look, a in anything:
        p, look = p.copy(), look.copy()
        changed = {"place": p, "look": look}[part]
        found = []
        for value in values:
            changed[field] = value
            found.append(way * value_of(k, p, look, a))
        assert all(x <= y + 1e-12 for x, y in pairwise(found)), (found, a)
        moved = moved or found[0] < found[-1]
    assert moved, "these places don't tell it from one that is constant"


def test_there_is_no_rule_beyond_the_last(anything):
    with pytest.raises(ValueError, match="no such rule"):
        _put(len(RULES), *anything[0])
    with pytest.raises(ValueError, match="no such criterion"):
        value_of(len(CRITERIA), *anything[0])


@pytest.mark.parametrize("degrees", [13.0, 2.0, 0.1, 0.001, 1e-6])
def test_both_distances_are_the_same_distance(degrees: float):
    r = random.Random(5)
    for _ in range(200):
        one = LonLat(r.uniform(123, 154), r.uniform(20, 46))
        other = LonLat(*(x + r.uniform(-degrees, degrees) for x in one))
        away = great_circle_m(one, np.array([other.lon]), np.array([other.lat]))[0]
        assert metres_between(*one, *other) == pytest.approx(away, rel=1e-9, abs=1e-6)
    assert metres_between(*one, *one) == 0.0
    assert np.isnan(metres_between(*one, float("nan"), 35.0))
    assert np.isnan(metres_between(*one, 139.0, float("nan")))


def test_what_was_compiled_is_forgotten_when_any_source_changes(tmp_path: Path):
    source = tmp_path / "one.py"
    source.write_text("LIMIT = 1\n")
    before = compiled._version.__wrapped__(tmp_path)
    assert compiled._version.__wrapped__(tmp_path) == before
    (tmp_path / "other.py").write_text("LIMIT = 2\n")
    assert compiled._version.__wrapped__(tmp_path) != before
