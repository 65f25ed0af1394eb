"""What the calendar asks for of the catalogue: verifications that are due, towns without places."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import geopandas as gpd
import pytest
import shapely
from door import add_staff
from sqlalchemy import select

from casework.case_models import Notice
from geodata.population import store_population
from jobs.ledger import enqueue
from jobs.listing import list_jobs
from jobs.program import Program
from jobs.runtime import run_one
from jobs.schedule import schedule_of
from resources import clock
from resources.gap_reports import gap_reports, keep_report
from resources.models import Offering, Resource
from resources.verify_due import verifications_due
from resources.verify_next import USUAL_TERM_DAYS

Register = Callable[..., Any]


def run(program: Program, kind: str) -> str:
    with program.database.writing(by="test") as session:
        job = enqueue(session, kind)
    assert run_one(program, job)
    with program.database.reading() as session:
        [done] = [j for j in list_jobs(session, kind=kind) if j.id == job]
    assert done.state == "done"
    return str(done.said)


def test_the_counts_of_what_is_due_are_those_of_looking_at_each(
    program: Program, register: Register
) -> None:
    r, today = random.Random(5), clock.today()
    kinds = [t.code for t in program.vocabulary.terms("kind")]
    for _ in range(60):
        verified = r.choice([None, *(today - timedelta(days=d) for d in (3, 29, 31, 85, 91, 400))])
        register(
            resource={"kind": r.choice(kinds), "status": r.choice(["published", "paused"])},
            offering={"verified_on": verified, "verified_by": "staff" if verified else None},
        )
    terms = {
        t.code: t.facts.get("term_days", USUAL_TERM_DAYS) for t in program.vocabulary.terms("kind")
    }
    over = soon = 0
    with program.database.reading() as session:
        rows = session.execute(
            select(Resource, Offering).join(Offering, Offering.resource_id == Resource.id)
        ).all()
        for resource, offering in rows:
            if resource.status != "published":
                continue
            left = (
                -1
                if offering.verified_on is None
                else terms[resource.kind] - (today - offering.verified_on).days
            )
            over += left < 0
            soon += 0 <= left <= 7
        assert over > 5
        assert soon > 0
        found = verifications_due(session, program.vocabulary, today=today)
    assert (found.over, found.soon) == (over, soon)


def test_coordinators_hear_on_mondays_what_wants_verifying(
    program: Program, register: Register
) -> None:
    add_staff(program, "coordinator")
    add_staff(program, "csw")
    assert run(program, "remind_verifications") == "nothing_to_do"
    register()
    assert run(program, "remind_verifications") == "verifications_told"
    with program.database.reading() as session:
        assert [(n.kind, n.about) for n in session.scalars(select(Notice))] == [
            ("verifications_due", "1 / 0")
        ]
    weekly = {p.kind: p for p in schedule_of(program.settings) if p.every == timedelta(days=7)}
    for kind in ("remind_verifications", "report_gaps"):
        periodic = weekly[kind]
        assert periodic.due_at(clock.now()).astimezone(clock.JAPAN).weekday() == 0


@pytest.fixture
def ward(program: Program) -> None:
    towns = gpd.GeoDataFrame(
        {"town": ["一丁目", "二丁目"], "people": [300, 200]},
        geometry=[shapely.Point(139.715, 35.730), shapely.Point(139.760, 35.730)],
        crs="EPSG:4326",
    )
    store_population(program.settings.layers_folder, towns)


@pytest.mark.usefixtures("ward")
def test_planners_hear_of_towns_that_lost_their_last_place(
    program: Program, register: Register
) -> None:
    add_staff(program, "inclusion_officer")
    rule = {"days": ["mon"], "nth": [], "month_days": [], "from": "13:00", "to": "17:00"}
    schedule = {"rules": [{**rule, "holidays": "open"}], "closed": []}
    register(
        resource={"kind": "salon"}, location={"lon": 139.715, "lat": 35.7301},
        offering={"schedule": schedule},
    )  # fmt: skip
    assert run(program, "report_gaps") == "gaps_reported"
    with program.database.writing(by="test") as session:
        (report,) = gap_reports(session)
        assert (report.people, report.people_without, report.names) == (500, 200, {"二丁目"})
        # As if that had been last week's; since then the place was paused.
        report.on = clock.today() - timedelta(days=7)
        session.flush()
        session.scalars(select(Resource)).one().status = "paused"
    run(program, "report_gaps")
    with program.database.reading() as session:
        assert [r.people_without for r in gap_reports(session)] == [500, 200]
        assert [(n.kind, n.about) for n in session.scalars(select(Notice))] == [
            ("towns_without", "1")
        ]


def test_without_population_there_is_no_report_and_no_dead_job(program: Program) -> None:
    assert run(program, "report_gaps") == "no_population"


@pytest.mark.usefixtures("ward")
def test_reports_of_other_questions_are_not_compared(program: Program) -> None:
    from jobs.planning import gaps_of
    from resources.gaps import GapQuestion

    with program.database.writing(by="test") as session:
        for minutes, days, compared in (
            (15.0, 14, None),
            (20.0, 7, None),
            (20.0, 0, (set(), set())),
        ):
            question = GapQuestion(kinds=("salon",), walk_minutes=minutes)
            gaps = gaps_of(program, session, question, clock.today())
            on = clock.today() - timedelta(days=days)
            assert keep_report(session, gaps=gaps, on=on) == compared
            assert keep_report(session, gaps=gaps, on=on) == compared  # twice a day is once
        assert len(gap_reports(session)) == 3
