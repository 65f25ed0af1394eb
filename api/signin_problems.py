"""What goes wrong with accounts and signing in, as a status and a sentence."""

from api.dependencies import MustEnrol
from api.problem import NOT_FOUND, NOT_THEIRS, Problem
from casework import administration, linked, own_account, passwords, second_factor
from jobs import identity_provider

SIGNIN: dict[type[Exception], Problem] = {
    administration.NotAnAdministrator: NOT_THEIRS,
    administration.NotToOneself: Problem(
        403,
        "ご自分のアカウントの権限は変えられません。ほかのシステム管理者に頼んでください。",
        "Nobody decides about their own account. Ask another administrator.",
    ),
    identity_provider.OtherBrowser: Problem(
        403,
        "サインインの途中で時間が過ぎたか、別の画面で始められています。もう一度はじめからお試しください。",
        "This sign-in began in another window or too long ago. Begin again.",
    ),
    identity_provider.Cancelled: Problem(
        403,
        "組織の認証サービスでサインインが完了しませんでした。もう一度お試しください。",
        "The identity provider did not complete the sign-in. Try again.",
    ),
    identity_provider.NotBelieved: Problem(
        403,
        "組織の認証サービスの応答を確認できなかったため、サインインできません。システム管理者にお知らせください。",
        "What the identity provider answered could not be verified. Tell the administrator.",
    ),
    identity_provider.ProviderFailed: Problem(
        502,
        "組織の認証サービスにつながりません。少し待ってお試しになり、続くときはシステム管理者にお知らせください。",
        "The identity provider can't be reached. Try again later, or tell the administrator.",
    ),
    linked.NobodyLinked: Problem(
        403,
        "この方のアカウントがまだありません。システム管理者に登録を頼んでください。",
        "There is no account for you here yet. Ask the administrator.",
    ),
    own_account.NoSuchToken: NOT_FOUND,
    own_account.WrongPassword: Problem(
        422, "今のパスワードが違います。", "The present password is wrong."
    ),
    MustEnrol: Problem(
        403,
        "この役割は、先に確認コードの設定が必要です。ブラウザでサインインして設定してください。",
        "This role sets up a second factor first. Sign in with a browser and set it up.",
    ),
    second_factor.MustKeep: Problem(
        403,
        "この役割は、確認コードなしにはできません。端末を替えるときは「別の端末で設定し直す」を使ってください。",
        "This role can't be without a second factor. For another telephone, set it up anew.",
    ),
    second_factor.NothingOffered: Problem(
        422,
        "設定の途中ではないか、時間が過ぎました。もう一度はじめから設定してください。",
        "Nothing is being set up, or it took too long. Begin again.",
    ),
    passwords.PasswordsDiffer: Problem(
        422,
        "二回入力したパスワードが違います。もう一度入力してください。",
        "The two passwords are not the same. Type them again.",
    ),
}
