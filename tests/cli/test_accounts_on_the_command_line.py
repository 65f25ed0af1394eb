"""What the doctor says of an installation without accounts, and the code that helps."""

from terminal import Ibasho

from casework import invitations
from jobs.program import open_program
from jobs.settings import read_settings


def _accounts_check(ibasho: Ibasho) -> dict[str, object]:
    checks = ibasho("doctor", "--format", "json").json["checks"]
    [found] = [c for c in checks if c["name"] == "accounts"]
    return dict(found)


def test_the_doctor_says_that_there_is_no_account_until_the_first_code_was_used(
    ibasho: Ibasho,
) -> None:
    before = _accounts_check(ibasho)
    assert before["state"] == "optional"
    assert "ibasho accounts first" in str(before["remedy"])
    code = ibasho("accounts", "first", "kanri", "--format", "json").json["code"]
    program = open_program(read_settings())
    with program.database.writing(by="test") as session:
        invitations.accept(session, code=code, password="long enough 1")
    program.close()
    assert _accounts_check(ibasho)["state"] == "ok"
    assert ibasho("accounts", "first", "mori").code == 2
