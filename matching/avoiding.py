"""Keeps a person away from what an excluded place has become: a merge must not lead back to it."""

from sqlalchemy.orm import Session

from matching.need import Need
from resources.merged import avoided_too


def avoiding(session: Session, need: Need) -> Need:
    """Return the need with the resources excluded into which excluded ones were merged."""
    safety = need.safety
    more = avoided_too(
        session, resources=safety.exclude_resources, organizations=safety.exclude_organizations
    )
    if not more:
        return need
    resources = (*safety.exclude_resources, *sorted(more))
    return need.model_copy(
        update={"safety": safety.model_copy(update={"exclude_resources": resources})}
    )
