"""What so many municipalities, staff and offerings need, for who plans an installation."""

from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.dependencies import allowed
from api.rendering import render
from jobs.capacity import Asked, read_measured, what_is_needed

router = APIRouter(include_in_schema=False, dependencies=[allowed("administrator")])

_Number = Annotated[int, Query(ge=1, le=1_000_000_000)]
_Percent = Annotated[int, Query(ge=1, le=100)]
_USUAL = Asked()


def asked(
    municipalities: _Number = _USUAL.municipalities,
    staff: _Number = _USUAL.staff,
    offerings: _Number = _USUAL.offerings,
    people: _Number = _USUAL.people,
    requests_per_staff_hour: _Number = _USUAL.requests_per_staff_hour,
    night_hours: _Number = _USUAL.night_hours,
    cores_per_machine: _Number = _USUAL.cores_per_machine,
    busy_percent: _Percent = _USUAL.busy_percent,
    open_per_process: _Number = _USUAL.open_per_process,
    connections_per_server: _Number = _USUAL.connections_per_server,
) -> Asked:
    return Asked(
        municipalities, staff, offerings, people, requests_per_staff_hour, night_hours,
        cores_per_machine, busy_percent, open_per_process, connections_per_server,
    )  # fmt: skip


@router.get("/capacity")
def capacity(request: Request, wanted: Annotated[Asked, Depends(asked)]) -> Response:
    return render(
        request,
        "capacity.html",
        asked=[(f.name, getattr(wanted, f.name)) for f in fields(Asked)],
        lines=what_is_needed(wanted),
        measured=read_measured().values(),
    )
