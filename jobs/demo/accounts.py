"""The demo's accounts: one for each role, with a password that everybody may know."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.accounts import add_account
from casework.models import Account

DEMO_PASSWORD = "demo-only-2026"  # noqa: S105 - it guards invented people only
"""Shown on the sign-in page of a demo; an installation with real people has no such account."""


@dataclass(frozen=True)
class DemoAccount:
    """Somebody who can sign in to the demo."""

    login: str
    role: str
    agency: str | None
    display_name: str


DEMO_ACCOUNTS = (
    DemoAccount("support", "support_worker", "kurashi_shigoto", "参加支援担当（デモ）"),
    DemoAccount("coordinator", "coordinator", "coordinator_d2", "生活支援コーディネーター（デモ）"),
    DemoAccount("csw", "csw", "csw", "コミュニティソーシャルワーカー（デモ）"),
    DemoAccount("officer", "inclusion_officer", "fukushi_somu", "福祉包括化推進員（デモ）"),
    DemoAccount("manager", "agency_manager", "kurashi_shigoto", "所属長（デモ）"),
    DemoAccount("secretariat", "secretariat", "fukushi_somu", "会議事務局（デモ）"),
    DemoAccount("host", "host", None, "受け入れ先（デモ）"),
    DemoAccount("auditor", "auditor", None, "監査（デモ）"),
    DemoAccount("admin", "administrator", None, "システム管理者（デモ）"),
)


def add_demo_accounts(session: Session, *, by: str) -> int:
    """Make the accounts that aren't there yet; return how many."""
    known = set(session.scalars(select(Account.name)))
    missing = [account for account in DEMO_ACCOUNTS if account.login not in known]
    for account in missing:
        add_account(
            session,
            name=account.login,
            password=DEMO_PASSWORD,
            role=account.role,
            agency=account.agency,
            display_name=account.display_name,
            by=by,
            demo=True,
        )
    return len(missing)
