"""With more municipalities than may be open, jobs are done without opening and closing endlessly."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labour.tasks import TEST_TASKS, effects, make_effects_table
from labour.waiting import until
from towns import Towns

from jobs import visiting
from jobs.adding import add_municipality
from jobs.ledger import enqueue
from jobs.municipalities import read_municipalities
from jobs.opened import Programs
from jobs.thread_runner import ThreadRunner
from jobs.visiting import Visits


class Opened:
    """As `Programs` holds them: the ones used last, and how often one was opened."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._held: list[str] = []
        self.openings = 0

    def use(self, slug: str) -> None:
        if slug in self._held:
            self._held.remove(slug)
        else:
            self.openings += 1
        self._held = [*self._held, slug][-self._at_most :]


MANY = st.integers(min_value=1, max_value=30)


@given(MANY, MANY, MANY)
def test_nobody_is_passed_over_and_few_are_opened(count: int, at_most: int, stays: int) -> None:
    slugs = [f"t{i}" for i in range(count)]
    windows = -(-count // at_most)
    visits, opened, naive = Visits(at_most, stays=stays), Opened(at_most), Opened(at_most)
    seen: set[str] = set()
    for _ in range(windows * stays):
        here = visits.of_this_round(slugs)
        assert len(set(here)) == len(here) == min(count, at_most)
        seen |= set(here)
        for slug in here:
            opened.use(slug)
        for slug in slugs:
            naive.use(slug)
    assert seen == set(slugs)
    assert opened.openings <= windows * at_most
    # One after the other through all of them: each is opened in each round.
    rounds = windows * stays
    assert naive.openings == (count if count <= at_most else count * rounds)


def test_one_that_is_listed_no_more_is_left_at_once_and_a_new_one_is_reached() -> None:
    visits = Visits(2, stays=3)
    assert visits.of_this_round(["a", "b", "c", "d"]) == ("a", "b")
    assert visits.of_this_round(["a", "c", "d"]) == ("c", "d")
    assert visits.of_this_round(["a", "c", "d", "e"]) == ("c", "d")
    assert visits.of_this_round(["a", "c", "d", "e"]) == ("c", "d")
    assert visits.of_this_round(["a", "c", "d", "e"]) == ("e", "a")
    assert visits.of_this_round(["c"]) == ("c",)
    assert visits.of_this_round([]) == ()


def test_the_jobs_of_all_are_done_where_fewer_may_be_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "STAYS", 3)
    towns = Towns(tmp_path, None)
    add_municipality(towns.given, "nishi", name="見本西市", hosts=["nishi.example"])
    each = {slug: one.settings for slug, one in read_municipalities(towns.given).items()}
    closed: list[str] = []
    programs = Programs(each, at_most=2, closed=closed.append)
    wanted = {}
    for slug in programs.slugs:
        with programs.use(slug) as program:
            make_effects_table(program.database)
            with program.database.writing(by="test") as session:
                wanted[slug] = [str(enqueue(session, "count")) for _ in range(4)]
    rounds = 0

    def tended(_program: object) -> bool:
        nonlocal rounds
        rounds += 1
        return True

    monkeypatch.setattr("jobs.thread_runner._tended", tended)
    closed.clear()
    runner = ThreadRunner(programs, tasks=TEST_TASKS, pause_s=0.01)
    runner.start()
    until(lambda: rounds >= 2 * 3 * 6, what="six windows of three rounds")
    assert runner.stop()
    visited, closings = rounds, len(closed)
    for slug, jobs in wanted.items():
        with programs.use(slug) as program:
            assert effects(program.database) == dict.fromkeys(jobs, 1)
    # One after the other it would have been one for nearly every visit.
    assert closings <= visited / 3 + 2
    programs.close()
