"""Keeps a person away from what an excluded place has become: a merge must not lead back to it."""

from sqlalchemy.orm import Session

from matching.need import Need, SetAside
from resources.merged import avoided_too


def avoiding(session: Session, need: Need) -> Need:
    """Return the need with the resources excluded into which excluded ones were merged."""
    safety = need.safety
    more = avoided_too(
        session, resources=safety.exclude_resources, organizations=safety.exclude_organizations
    )
    need = _set_aside_too(session, need)
    if not more:
        return need
    resources = (*safety.exclude_resources, *sorted(more))
    return need.model_copy(
        update={"safety": safety.model_copy(update={"exclude_resources": resources})}
    )


def _set_aside_too(session: Session, need: Need) -> Need:
    """Return the need with that set aside too into which something set aside was merged."""
    found = list(need.set_aside)
    for aside in need.set_aside:
        hosts = () if aside.organization is None else (aside.organization,)
        places = () if aside.resource is None else (aside.resource,)
        for kept in sorted(avoided_too(session, resources=places, organizations=hosts)):
            found.append(SetAside(resource=kept, until=aside.until))
    return need.model_copy(update={"set_aside": tuple(found)}) if need.set_aside else need
