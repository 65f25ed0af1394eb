"""Which agency takes a need in a district, and who must be at the table."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import select

from api.dependencies import Program, Reading, allowed
from api.identity import language_of
from api.pages.resources import STAFF
from api.rendering import render
from resources.agencies import agencies_for_need, build_graph, table_for_needs
from resources.models import Agency, AgencyLink, District

router = APIRouter(include_in_schema=False, dependencies=[allowed(*STAFF)])


@router.get("/agencies")
def agencies(
    request: Request,
    program: Program,
    session: Reading,
    need: Annotated[list[str] | None, Query(max_length=40)] = None,
    district: str = "",
) -> Response:
    language = language_of(request)
    rows = list(session.scalars(select(Agency).order_by(Agency.division, Agency.code)))
    districts = list(session.scalars(select(District).order_by(District.code)))
    codes = [d.code for d in districts]
    known = set(program.vocabulary.codes("need"))
    needs = [n for n in need or [] if n in known]
    where = district if district in codes else None
    table, by_need = None, []
    if needs:
        graph = build_graph(rows, session.scalars(select(AgencyLink)), needs=known, districts=codes)
        table = table_for_needs(graph, needs, where).as_json()
        by_need = [
            (
                code,
                [
                    {"ja": t.ja, "en": t.en, "reason": t.reason(language)}
                    for t in agencies_for_need(graph, code, where)[:6]
                ],
            )
            for code in needs
        ]
    return render(
        request,
        "agencies.html",
        agencies=rows,
        districts=districts,
        district=district,
        needs=needs,
        table=table,
        by_need=by_need,
        error=None,
    )
