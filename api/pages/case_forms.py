"""What the forms of the case pages may hold, and the way back to a case."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.cases import Opened, case_for
from casework.consents import Given
from resources.models import Agency

Words = Annotated[str, Form(max_length=4000)]
Line = Annotated[str, Form(min_length=1, max_length=300)]
Code = Annotated[str, Form(max_length=60)]
Codes = Annotated[list[str], Form(max_length=60)]
Day = Annotated[date, Form()]


def to_write(session: Session, user: Actor, case_id: uuid.UUID, purpose: str) -> Opened:
    """Open a case for writing. Raises `Unseen`, `OnlyToRead`."""
    return case_for(session, actor=user, case_id=case_id, purpose=purpose, write=True)


def back(case_id: uuid.UUID, part: str = "") -> Response:
    """Return to the case's page, at one of its parts."""
    return RedirectResponse(f"/cases/{case_id}{'#' + part if part else ''}", 303)


def agency_names(session: Session, language: str) -> dict[str, str]:
    """Return the agencies by code, as people call them."""
    rows = session.execute(select(Agency.code, Agency.ja, Agency.en).order_by(Agency.code))
    return {code: ja if language == "ja" else en for code, ja, en in rows}


def given(
    purposes: list[str], agencies: list[str], given_by: str, given_on: date, form: str
) -> Given:
    """Return a consent as the form says it."""
    return Given(purposes, agencies, given_by, given_on, form)
