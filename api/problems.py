"""The one table that turns an error into a status and one sentence in the reader's language."""

from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from api import bodies, host_links, security
from api.casework_problems import CASEWORK
from api.dependencies import NotAllowed, NotSignedIn, VersionNotSaid
from api.problem import (
    BUSY,
    CONFLICT,
    NOT_FOUND,
    NOT_THEIRS,
    TOO_LARGE,
    UNEXPECTED,
    UNSTORABLE,
    UNUSABLE,
    Problem,
)
from api.signin_problems import SIGNIN
from geodata.coordinates import BadPosition
from geodata.gazetteer import NoGazetteer
from jobs.belonging import NOT_TOGETHER
from matching.need import BadNeed
from matching.schemes import BadScheme, UnknownScheme
from matching.schemes_kept import SavedMeanwhile
from matching.shared_places import NotAmongPlaces
from resources import (
    booking,
    commands,
    history,
    lifecycle,
    merging,
    once,
    registration,
    reported,
    vocabulary,
    witnessing,
)
from resources.hsds import filters as hsds_filters
from resources.outside.addresses import BadSourceUrl
from resources.outside.commands import BadSource, DecidedMeanwhile, HostNotAllowed
from resources.outside.problems import problems

NO_LONGER_WHOLE = Problem(
    503,
    "データと鍵が揃っていないため、いまは使えません。システム管理者にお知らせください。",
    "The data and its keys are not there together. Tell the administrator.",
)

TABLE: dict[type[Exception], Problem] = {
    NotSignedIn: Problem(401, "サインインしてください。", "Sign in first."),
    NotAllowed: NOT_THEIRS,
    security.ForeignRequest: Problem(
        403,
        "画面が古くなったか、ほかのサイトから送られました。画面を開き直してお試しください。",
        "The page is too old, or another site sent this. Open the page again and retry.",
    ),
    bodies.BodyTooLarge: TOO_LARGE,
    bodies.Unstorable: UNSTORABLE,
    bodies.NotJson: Problem(
        400, "内容が正しい JSON ではありません。", "The body is not well-formed JSON."
    ),
    bodies.Repeated: Problem(
        400,
        "JSON の中に、同じ項目が二度書かれています。一つにしてください。",
        "A field is written twice in the JSON; keep one of the two.",
    ),
    commands.NotFound: NOT_FOUND,
    commands.EditedMeanwhile: CONFLICT,
    commands.MergedAway: Problem(
        409,
        "この登録は、ほかの登録にまとめられています。まとめた先を開いてください。",
        "This entry was merged into another. Open the one that was kept.",
    ),
    merging.CannotMerge: Problem(
        422,
        "この選び方ではまとめられません。二つの登録と選んだ項目を確かめてください。",
        "They can't be merged like this. Check the two entries and what was chosen.",
    ),
    booking.NoPlaceLeft: Problem(
        409,
        "空きがなくなりました。ほかの回を選んでください。",
        "No place is left. Choose another session.",
    ),
    booking.MoreHeld: Problem(
        409,
        "すでに取られている数より少ない定員にはできません。先に仮押さえを取り消してください。",
        "There can't be fewer places than are taken. Give some back first.",
    ),
    booking.WrongState: Problem(
        409,
        "この仮押さえは、いまの状態からその操作ができません。画面を開き直してください。",
        "The hold can't take that step from where it stands. Open the page again.",
    ),
    booking.NotYet: Problem(
        409,
        "まだ始まっていない回の参加は記録できません。当日以降に記録してください。",
        "Nobody can have attended what has not begun. Store it on the day or later.",
    ),
    witnessing.NoSession: Problem(
        409,
        "その日の開催はまだ始まっていないか、開催日ではありません。日付を確かめてください。",
        "No session of that day has begun, or there is none that day; check the day.",
    ),
    booking.Over: Problem(
        409,
        "終わった回です。これからの回を選んでください。",
        "It is over. Choose a session ahead.",
    ),
    once.KeyUsedForOther: Problem(
        422,
        "同じ Idempotency-Key が別の内容で送られました。新しいキーで送ってください。",
        "This Idempotency-Key came before with another request. Send it with a new key.",
    ),
    hsds_filters.UnknownPostcode: Problem(
        422,
        "この郵便番号の場所が公開データにありません。lat、lon、radius_m で探してください。",
        "No place of the open data has this postcode. Ask with lat, lon and radius_m.",
    ),
    hsds_filters.TooManySchedules: Problem(
        422,
        "範囲が広すぎて、その日の開催を調べられません。lat、lon、radius_m で狭めてください。",
        "Too many schedules to look through for one day. Narrow it with lat, lon and radius_m.",
    ),
    reported.AlreadyDecided: CONFLICT,
    reported.TooManyReports: Problem(
        429,
        "この場についての申し出がたくさん届いています。担当者が確かめるまでお待ちください。",
        "Many reports on this place wait already. Please wait until staff have looked at them.",
    ),
    host_links.BadLink: Problem(
        404,
        "このリンクは使えません。届いたリンクの全体を開いてください。",
        "This link can't be used. Open the whole link that you were sent.",
    ),
    host_links.LinkExpired: Problem(
        410,
        "このリンクは期限が切れています。担当者に新しいリンクをお求めください。",
        "This link has expired. Ask the staff for a new one.",
    ),
    history.NothingToUndo: Problem(
        422,
        "元に戻せるのは変更だけです。",
        "Only an edit can be taken back.",
    ),
    history.ChangedSince: CONFLICT,
    registration.BadRegistration: UNUSABLE,
    VersionNotSaid: Problem(
        428,
        'どの版を直したのかを If-Match で送ってください（例：If-Match: "3"。ETag の値）。',
        'Say in If-Match which version you edited, e.g. If-Match: "3"; the ETag shows it.',
    ),
    lifecycle.MoveRefused: Problem(
        409,
        "いまの状態からは、その状態に変えられません。公開は、公開できる担当者に「確認待ち」で頼んでください。",
        "From where it stands it can't go there. Who may not publish sends it to be looked at.",
    ),
    lifecycle.ReasonMissing: Problem(
        422,
        "終了にするときは、理由を書いてください。あとで聞かれたときに答えられるように残します。",
        "Say why it is closed: the reason is kept for those who ask later.",
    ),
    vocabulary.UnknownCode: Problem(
        422, "一覧にないコードがあります。", "There is a code that its list doesn't hold."
    ),
    BadNeed: UNUSABLE,
    BadSource: UNUSABLE,
    BadSourceUrl: UNUSABLE,
    DecidedMeanwhile: CONFLICT,
    HostNotAllowed: Problem(
        409,
        "提供元のホストがまだ許可されていません。先にホストを許可してください。",
        "The host of this source is not allowed yet. Allow the host first.",
    ),
    BadPosition: Problem(
        422,
        "位置が日本の中にありません。経度（lon）と緯度（lat）の順を確かめてください。",
        "The position is not in Japan. Check the order of longitude (lon) and latitude (lat).",
    ),
    UnknownScheme: UNUSABLE,
    BadScheme: UNUSABLE,
    SavedMeanwhile: CONFLICT,
    NotAmongPlaces: UNUSABLE,
    NoGazetteer: Problem(
        503,
        "住所辞書がまだ読み込まれていません。システム管理者にお知らせください。",
        "No gazetteer has been imported yet. Tell the administrator.",
    ),
    **dict.fromkeys(NOT_TOGETHER, NO_LONGER_WHOLE),
    RequestValidationError: UNUSABLE,
    StaleDataError: CONFLICT,
    exc.IntegrityError: CONFLICT,
    exc.DataError: UNSTORABLE,
    exc.OperationalError: BUSY,
    exc.TimeoutError: BUSY,
    # What the two databases raise for a lone surrogate and for a number beyond 64 bit.
    UnicodeEncodeError: UNSTORABLE,
    OverflowError: UNSTORABLE,
    **SIGNIN,
    **CASEWORK,
}

BY_STATUS: dict[int, Problem] = {
    400: Problem(400, "送られた内容を読めませんでした。", "What was sent could not be read."),
    401: TABLE[NotSignedIn],
    403: TABLE[NotAllowed],
    404: NOT_FOUND,
    405: Problem(405, "この操作はできません。", "That can't be done here."),
    409: CONFLICT,
    412: Problem(412, CONFLICT.ja, CONFLICT.en),
    413: TOO_LARGE,
    422: UNUSABLE,
    503: BUSY,
}


def problem_of(error: Exception) -> Problem:
    """Return what an error is to people; `UNEXPECTED` for one that is in no table."""
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, BadSource | BadSourceUrl):
        return Problem(422, *problems()[error.problem])
    if isinstance(error, BadNeed | UnknownScheme | BadScheme | NotAmongPlaces):
        return Problem(422, error.problem.ja, error.problem.en)
    if type(error) is exc.StatementError and isinstance(error.orig, ValueError | OverflowError):
        return UNSTORABLE  # a value that could not even be turned into a parameter
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    return UNEXPECTED


def _of_http(error: HTTPException) -> Problem:
    """Return the problem of a raised status; `detail` may be {"ja": …, "en": …} of our own."""
    known = BY_STATUS.get(error.status_code)
    detail: Any = error.detail
    if isinstance(detail, dict) and detail.keys() >= {"ja", "en"}:
        return Problem(error.status_code, str(detail["ja"]), str(detail["en"]))
    if known is not None:
        return known
    general = UNUSABLE if error.status_code < 500 else UNEXPECTED
    return Problem(error.status_code, general.ja, general.en)
