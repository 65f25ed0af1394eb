"""The roles of those who sign in, and which of them may see people at all."""

from dataclasses import dataclass
from typing import Literal

People = Literal["agency_or_named", "agency", "never"]


@dataclass(frozen=True)
class Role:
    """A role; `people` says whose people its holder may see: see `access.visible`."""

    code: str
    ja: str
    en: str
    people: People


class UnknownRole(ValueError):
    """A role that does not exist."""

    def __init__(self) -> None:
        super().__init__(f"unknown role; use one of {', '.join(ROLES)}")


ROLES = {
    role.code: role
    for role in (
        Role("support_worker", "参加支援担当", "Participation support worker", "agency_or_named"),
        Role("coordinator", "生活支援コーディネーター", "Coordinator", "agency"),
        Role("csw", "コミュニティソーシャルワーカー", "Community social worker", "agency_or_named"),
        Role("inclusion_officer", "福祉包括化推進員", "Inclusion officer", "agency_or_named"),
        Role("agency_manager", "所属長", "Agency manager", "agency"),
        Role("secretariat", "会議事務局", "Meeting secretariat", "never"),
        Role("host", "受け入れ先", "Host", "never"),
        Role("auditor", "監査", "Auditor", "never"),
        Role("administrator", "システム管理者", "Administrator", "never"),
    )
}

WORKS_WITH_PEOPLE = tuple(role.code for role in ROLES.values() if role.people != "never")
"""The roles that may open the pages about people; which people, `access.visible` decides."""


def role(code: str) -> Role:
    """Return a role by its code; raise `UnknownRole` where there is none."""
    try:
        return ROLES[code]
    except KeyError:
        raise UnknownRole from None
