"""The roles of those who sign in, and which of them may see cases at all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role; `cases`: its holder may see cases, which ones `access.visible` decides."""

    code: str
    ja: str
    en: str
    cases: bool


class UnknownRole(ValueError):
    """A role that does not exist."""

    def __init__(self) -> None:
        super().__init__(f"unknown role; use one of {', '.join(ROLES)}")


ROLES = {
    role.code: role
    for role in (
        Role("support_worker", "参加支援担当", "Participation support worker", True),
        Role("coordinator", "生活支援コーディネーター", "Coordinator", True),
        Role("csw", "コミュニティソーシャルワーカー", "Community social worker", True),
        Role("inclusion_officer", "福祉包括化推進員", "Inclusion officer", True),
        Role("agency_manager", "所属長", "Agency manager", True),
        Role("secretariat", "会議事務局", "Meeting secretariat", True),
        Role("host", "受け入れ先", "Host", False),
        Role("auditor", "監査", "Auditor", False),
        Role("administrator", "システム管理者", "Administrator", False),
    )
}

WORKS_WITH_PEOPLE = tuple(role.code for role in ROLES.values() if role.cases)
"""The roles that may open the pages about people; which people, `access.visible` decides."""


def works_with_cases(code: str) -> bool:
    """Tell whether a role sees cases at all; a role that doesn't exist sees none."""
    return code in WORKS_WITH_PEOPLE


def role(code: str) -> Role:
    """Return a role by its code; raise `UnknownRole` where there is none."""
    try:
        return ROLES[code]
    except KeyError:
        raise UnknownRole from None
