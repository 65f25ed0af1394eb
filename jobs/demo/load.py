"""Fills an installation with the demo municipality; a second time changes nothing."""

from dataclasses import dataclass, field
from datetime import date
from importlib.resources import as_file, files

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.row_security import as_system
from geodata.areas import NoLayer, load_layer, store_layer
from geodata.gazetteer import NoGazetteer, import_gazetteer
from geodata.population import NoPopulation, load_population, store_population
from jobs.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, add_demo_accounts
from jobs.demo.districts import LAYER, district_areas, town_population
from jobs.demo.facts import DISTRICTS, agencies, links
from jobs.demo.kept import load_words
from jobs.demo.people import add_demo_people
from jobs.demo.places import SOURCE, Catalogue
from jobs.demo.tiles import add_tiles
from jobs.demo.written import demo_catalogue
from jobs.program import Program
from resources import clock
from resources.models import (
    Agency,
    AgencyLink,
    District,
    Location,
    Offering,
    Organization,
    Resource,
    TaxonomyTerm,
)
from resources.vocabulary import Vocabulary, default_vocabulary

BY = "demo"


@dataclass(frozen=True)
class DemoLoaded:
    """What the demo holds now, and what of it was added by this call."""

    accounts: list[tuple[str, str, str]]  # name, password, role
    counts: dict[str, int]
    added: dict[str, int] = field(default_factory=dict)


def load_demo(
    program: Program, *, seed: int = 2026, offerings: int | None = None, today: date | None = None
) -> DemoLoaded:
    """Fill the program with the demo: lists, agencies, districts, places, people and accounts.

    seed : the same seed and day always make the same places
    offerings : how many offerings in all, for benchmarks; None = the demo ward alone
    today : the day to which dates are fitted (who said what when); Japan's today if None

    Raises
    ------
    OtherTiles
        When a catalogue of another size was generated into this database before.
    """
    day = today or clock.today()
    load_layers(program)
    with program.database.writing(by=BY, said=as_system("demo")) as session:
        added = {
            "terms": load_terms(session, default_vocabulary()),
            "agencies": load_agencies(session),
            "districts": load_districts(session),
            "offerings": load_catalogue(session, seed=seed, today=day),
            "accounts": add_demo_accounts(session, by=BY),
            "people": add_demo_people(session, seed=seed, by=BY),
        }
    if offerings is not None:
        with program.database.writing(by=BY) as session:
            added["offerings"] += add_tiles(session, offerings=offerings, seed=seed, today=day)
    with program.database.reading() as session:
        counts = {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in (
                ("organizations", Organization),
                ("locations", Location),
                ("resources", Resource),
                ("offerings", Offering),
                ("agencies", Agency),
            )
        }
    accounts = [(a.login, DEMO_PASSWORD, a.role) for a in DEMO_ACCOUNTS]
    return DemoLoaded(accounts, counts, added)


def load_layers(program: Program) -> None:
    """Bring in the gazetteer of the ward, and the outlines of its districts where none are."""
    try:
        program.gazetteer()  # it may be all of Japan's, and that of other municipalities too
    except NoGazetteer:
        with as_file(files("jobs.demo").joinpath("towns.csv")) as path:
            import_gazetteer(path, program.settings.gazetteer_folder)
    try:
        load_layer(program.settings.layers_folder, LAYER)
    except NoLayer:
        store_layer(program.settings.layers_folder, LAYER, district_areas())
    try:
        load_population(program.settings.layers_folder)
    except NoPopulation:
        store_population(program.settings.layers_folder, town_population())


def load_terms(session: Session, vocabulary: Vocabulary) -> int:
    """Store the closed lists where there are none yet."""
    if session.scalar(select(func.count()).select_from(TaxonomyTerm)):
        return 0
    terms = [
        TaxonomyTerm(
            axis=t.axis, code=t.code, ja=t.ja, en=t.en, position=i, facts=t.facts, active=True
        )
        for axis in vocabulary.axes
        for i, t in enumerate(vocabulary.terms(axis))
    ]
    session.add_all(terms)
    session.flush()
    return len(terms)


def load_agencies(session: Session) -> int:
    """Store the agencies and links that are missing."""
    known = set(session.scalars(select(Agency.code)))
    fresh = [a for a in agencies() if a.code not in known]
    session.add_all(Agency(**vars(a), phone=None, invented=False) for a in fresh)
    session.flush()
    linked = {
        tuple(row)
        for row in session.execute(
            select(AgencyLink.origin, AgencyLink.target, AgencyLink.relation)
        )
    }
    session.add_all(
        AgencyLink(origin=e.origin, target=e.target, relation=e.relation)
        for e in links()
        if (e.origin, e.target, e.relation) not in linked
    )
    session.flush()
    return len(fresh)


def load_districts(session: Session) -> int:
    """Store the names of the districts that are missing."""
    known = set(session.scalars(select(District.code).where(District.layer == LAYER)))
    fresh = [
        District(layer=LAYER, code=code, ja=ja, en=en)
        for code, (ja, en, _) in DISTRICTS.items()
        if code not in known
    ]
    session.add_all(fresh)
    session.flush()
    return len(fresh)


def load_catalogue(session: Session, *, seed: int, today: date) -> int:
    """Store the ward's invented places where none of the demo's are; return the offerings added."""
    if session.scalar(select(Resource.id).where(Resource.source == SOURCE).limit(1)) is not None:
        return 0
    made: Catalogue = demo_catalogue(seed, today)
    session.add_all(Organization(**row) for row in made.organizations)
    session.add_all(Location(**row) for row in made.locations)
    session.flush()
    session.add_all(Resource(**row) for row in made.resources)
    session.flush()
    session.add_all(Offering(**row) for row in made.offerings)
    session.flush()
    load_words(session, seed=seed, today=today)
    return len(made.offerings)
