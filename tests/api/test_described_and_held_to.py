"""The API does what its own description says, whatever is sent: schemathesis, four who ask, both databases."""

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
import schemathesis
from door import add_staff, make_program
from given_keys import with_keys
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from api.app import create_app
from casework.accounts import add_token
from casework.models import Account
from jobs.demo.load import load_demo, load_layers
from jobs.program import Program
from resources.database import Database
from resources.models import Location, Offering, Resource

EXAMPLES = int(os.environ.get("IBASHO_EXAMPLES", "2"))
"""Of each operation, sent by each who asks; `make faults` sends many more."""

ROLES = {"support": "support_worker", "coordinator": "coordinator", "auditor": "auditor"}
"""Sign-in names of the demo, with their roles."""

# Not among them "what fits the schema is accepted": closed lists are data, and an address is in the
# gazetteer or isn't, so no schema says which values are refused with a sentence.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    from jobs.tables import METADATA

    folder = tmp_path_factory.mktemp("described")
    url = f"sqlite:///{folder / 'test.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgres_url")()
    database = with_keys(Database(url))
    METADATA.create_all(database.engine)
    program = make_program(database, folder / "home", demo=True)
    if database.is_sqlite:
        load_demo(program)
    else:  # what is sent is the same; an empty catalogue is enough for what a database refuses
        load_layers(program)
        for name, role in ROLES.items():
            add_staff(program, role, None if role == "auditor" else "east", name)
    yield program
    database.close()


def _headers(demo: Program) -> dict[str, dict[str, str]]:
    """Return what each who asks sends along; nobody is signed in as the last."""
    found: dict[str, dict[str, str]] = {}
    with demo.database.writing(by="test") as session:
        for name in ROLES:
            account = session.scalars(select(Account.id).where(Account.name == name)).one()
            token = add_token(
                session, account_id=account, label="x", scopes=["read", "write"], by="test"
            )
            found[name] = {"Authorization": f"Bearer {token}"}
    return {**found, "nobody": {}}


def _ids(demo: Program) -> dict[str, str]:
    """Return ids that there are, by the names they have in paths."""
    with demo.database.reading() as session:
        return {
            f"{table.__tablename__}_id": str(found)
            for table in (Resource, Location, Offering)
            for found in session.scalars(select(table.id).limit(1))
        }


# Hypothesis looks whether the state of `random` moved while it drew, and lays at our strategy's door
# what a thread of the application moved meanwhile.
@pytest.mark.filterwarnings("ignore:Do not use the .random. module inside strategies")
def test_every_operation_answers_as_it_is_described_whoever_sends_whatever(demo: Program) -> None:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", create_app(demo.settings, demo))
    headers, ids = _headers(demo), _ids(demo)
    operations = [found.ok() for found in schema.get_all_operations()]
    asked = 0
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @seed(20261126)
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: schemathesis.Case) -> None:
                nonlocal asked
                for sent in headers.values():
                    answer = case.call(headers=sent)
                    case.validate_response(answer, headers=sent, checks=CHECKS)
                    asked += 1
                # Again at something that is there, as who may change it.
                known = {k: ids[k] for k in case.path_parameters or {} if k in ids}
                if known:
                    case.path_parameters = {**case.path_parameters, **known}
                    answer = case.call(headers=headers["coordinator"])
                    case.validate_response(
                        answer, headers=headers["coordinator"], checks=CHECKS[:4]
                    )

            # Of some operations nothing can be sent wrongly: whatever stands in their place is text.
            with suppress(*[Unsatisfiable] if mode is GenerationMode.NEGATIVE else []):
                send()
    assert len(operations) > 40
    assert asked >= len(operations) * len(headers)
