"""What the errors of the casework are to people."""

from api.problem import CONFLICT, NOT_FOUND, NOT_THEIRS, UNUSABLE, Problem
from casework import (
    accounts,
    cases,
    consents,
    decline_reasons,
    exclusions,
    guessing,
    households,
    identities,
    invitations,
    meetings,
    my_number,
    outside,
    owners,
    passwords,
    people,
    pins,
    placements,
    plans,
    requests,
    retention,
    roles,
    room_questions,
    sealed_fields,
    second_factor,
    stages,
)

CASEWORK: dict[type[Exception], Problem] = {
    outside.NotTheirs: NOT_THEIRS,
    cases.Unseen: NOT_FOUND,
    cases.OnlyToRead: Problem(
        403,
        "緊急閲覧で開いた支援ケースは、見るだけです。書き込みはできません。",
        "A case that was opened in an emergency is for reading only.",
    ),
    consents.BadConsent: Problem(
        422,
        "同意は、目的・機関・同意した方・形式・日付（今日まで）をすべて選んでください。",
        "A consent names its purpose, agencies, giver, form and a day up to today.",
    ),
    exclusions.NoReason: Problem(422, "理由を書いてください。", "Say why."),
    exclusions.NotAMeetingCase: Problem(
        422,
        "構成員を指名できるのは支援会議のケースだけです。",
        "Only a case of a 支援会議 has named members.",
    ),
    exclusions.NobodyNamed: Problem(
        422,
        "閲覧させない相手を、職員か機関のどちらか一方で指定してください。",
        "Name either an account or an agency.",
    ),
    identities.NotWhileProtected: Problem(
        422,
        "支援措置の対象の方の住所と電話番号は保存できません。",
        "The address of a person under protection is not kept here.",
    ),
    invitations.BadCode: Problem(
        422,
        "このコードは使えません。期限が切れたか、もう使われています。新しいコードを受け取ってください。",
        "This code can't be used: too old, or used already. Ask for a new one.",
    ),
    invitations.NotToYourself: Problem(
        422,
        "自分のために別のアカウントや役割を用意することはできません。",
        "Nobody can give themselves another account or role.",
    ),
    invitations.AdministratorExists: CONFLICT,
    room_questions.NoSuchQuestion: Problem(
        410,
        "このお尋ねは期限が切れています。担当者にお問い合わせください。",
        "This question's time is over. Ask the staff.",
    ),
    my_number.HoldsMyNumber: Problem(
        422,
        "個人番号（マイナンバー）らしい番号が書かれています。保存しないので、番号を消してから送ってください。",
        "There is what looks like a My Number, which is never kept here. Take it out.",
    ),
    requests.BadRequest: Problem(
        422,
        "請求の種類・請求した方・請求のあった日（今日まで）・確かめた書類を、一覧から選んでください。",
        "Choose the kind of request, who asks, a day up to today, and the paper from the lists.",
    ),
    requests.NotChecked: Problem(
        422,
        "先に本人確認を記録してください。",
        "Record first by which paper you saw that it is the person.",
    ),
    requests.BadDecision: Problem(
        422,
        "決定は一度だけです。全部を認める場合のほかは、理由を書いてください。",
        "A request is decided once; where not all is granted, say why.",
    ),
    requests.TooLong: Problem(
        422,
        "延長は30日以内で、理由が必要です。",
        "The time may be longer by thirty days at most, with a reason.",
    ),
    retention.NoTerm: Problem(
        422,
        "保存期間は、種類・年数（0から100）・根拠となる規程をすべて入れてください。",
        "Name the kind of record, its years (0 to 100) and the rule behind it.",
    ),
    retention.NotDue: Problem(
        409,
        "廃棄の対象ではなくなったか、確認や理由がないため、何も変えていません。画面を開き直してください。",
        "Not due any more, or not confirmed; nothing was changed. Open the page again.",
    ),
    retention.NotTheirsToDecide: NOT_THEIRS,
    second_factor.WrongCode: Problem(
        422,
        "番号が違うか、もう使われています。新しい番号を入れてください。",
        "The code is wrong, or was used already. Type a new one.",
    ),
    sealed_fields.CannotOpen: Problem(
        500,
        "暗号化した項目を開けません。鍵の設定をシステム管理者に確かめてください。",
        "A sealed field can't be opened. Ask the administrator to check the keys.",
    ),
    stages.NoSuchStep: Problem(
        409,
        "いまの状態からその段階には進めません。画面を開き直してください。",
        "That step doesn't lead from where it stands. Open the page again.",
    ),
    decline_reasons.BadReason: Problem(
        422, "見送り・終了の理由を選んでください。", "Choose the reason of the decline or end."
    ),
    placements.NoReason: Problem(
        422,
        "一覧の一番上でない場所を選んだ理由を書いてください。",
        "Say why this place was chosen, which isn't the first of the list.",
    ),
    pins.NoReasonToPin: Problem(
        422, "固定する理由を書いてください。", "Say why this place is to be kept first."
    ),
    pins.TooManyPins: Problem(
        422,
        f"固定できるのは1人につき {pins.MOST} か所までです。先にどれかの固定を外してください。",
        f"At most {pins.MOST} places are pinned for one person. Take one off first.",
    ),
    pins.NotSafeToPin: Problem(
        422,
        "安全に関わる条件に合わないため、固定できません。この場の「理由」を確かめてください。",
        "It can't be pinned: a condition of safety isn't met. Look at why, for this place.",
    ),
    placements.NeedsConsent: Problem(
        422,
        "この目的について、あなたの機関を含む本人同意がありません。先に同意を記録してください。",
        "No consent covers your agency for this. Record the consent first.",
    ),
    plans.StillOpen: Problem(
        409,
        "調整中の参加の場か、結果を聞いていない引き継ぎが残っています。先に区切りをつけてください。",
        "A placement is under way, or a hand-off's end was not heard. Finish these first.",
    ),
    households.InAnotherHousehold: Problem(
        409,
        "二人は別の世帯に登録されています。先にどちらかを世帯から外してください。",
        "They belong to different households. Take one of them out first.",
    ),
    households.NoName: Problem(
        422, "世帯の呼び名を入れてください。", "Say how the household is called."
    ),
    owners.NotOnTeam: Problem(
        422,
        "担当にできるのは、このケースの支援チームの職員だけです。",
        "Only who works on this case can be responsible for it.",
    ),
    plans.BadOutcome: Problem(422, "終結の理由を選んでください。", "Say how the case ended."),
    plans.NotYours: Problem(
        403, "この操作は相手の機関が行います。", "This step is for the other agency."
    ),
    meetings.NotForThisMeeting: Problem(
        422,
        "重層的支援会議には同意のあるケースを、支援会議には同意のないケースを載せます。",
        "A 重層的支援会議 takes cases with consent, a 支援会議 those without.",
    ),
    meetings.NoSuchMeeting: NOT_FOUND,
    meetings.NoSuchKind: UNUSABLE,
    people.NoGround: Problem(
        422,
        "本人の同意がないときは、守秘義務を負う職員が支援会議のケースとして開いてください。",
        "Without consent, a case is opened for a 支援会議 by staff bound to secrecy.",
    ),
    people.EditedMeanwhile: CONFLICT,
    consents.NoSuchAgency: Problem(
        422, "登録されていない支援機関です。", "There is no such agency."
    ),
    accounts.NoSuchAccount: NOT_FOUND,
    accounts.BadAccount: UNUSABLE,
    passwords.WeakPassword: Problem(
        422,
        f"パスワードは {passwords.SHORTEST} 文字以上にしてください。",
        f"A password has at least {passwords.SHORTEST} characters.",
    ),
    roles.UnknownRole: Problem(422, "この役割はありません。", "There is no such role."),
    guessing.TooManyTries: Problem(
        429,
        "続けて間違えられました。少し待ってからもう一度お試しください。",
        "Too many tries. Wait a little and try again.",
    ),
}
