"""What goes wrong with accounts and signing in, as a status and a sentence."""

from api.problem import NOT_FOUND, NOT_THEIRS, Problem
from casework import administration, own_account, passwords

SIGNIN: dict[type[Exception], Problem] = {
    administration.NotAnAdministrator: NOT_THEIRS,
    administration.NotToOneself: Problem(
        403,
        "ご自分のアカウントの権限は変えられません。ほかのシステム管理者に頼んでください。",
        "Nobody decides about their own account. Ask another administrator.",
    ),
    own_account.NoSuchToken: NOT_FOUND,
    own_account.WrongPassword: Problem(
        422, "今のパスワードが違います。", "The present password is wrong."
    ),
    passwords.PasswordsDiffer: Problem(
        422,
        "二回入力したパスワードが違います。もう一度入力してください。",
        "The two passwords are not the same. Type them again.",
    ),
}
