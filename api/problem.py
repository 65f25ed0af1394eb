"""What an error is to people: a status and one sentence in both languages; the general ones."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A status and what to tell people, in both languages."""

    status: int
    ja: str
    en: str

    def sentence(self, language: str) -> str:
        return self.ja if language == "ja" else self.en


UNEXPECTED = Problem(
    500,
    "予期しない問題が起きました。もう一度お試しになり、続くときはシステム管理者にお知らせください。",
    "Something unexpected happened. Try again; if it goes on, tell the administrator.",
)
UNUSABLE = Problem(
    422,
    "入力に使えない値があります。確かめてもう一度お送りください。",
    "Something in the input can't be used. Check it and send it again.",
)
UNSTORABLE = Problem(
    422,
    "保存できない文字か数が含まれています。取り除いてもう一度お送りください。",
    "The input holds a character or a number that can't be stored. Remove it and send it again.",
)
NOT_THEIRS = Problem(403, "この役割ではご利用になれません。", "This role may not do that.")
NOT_FOUND = Problem(404, "見つかりませんでした。", "Not found.")
CONFLICT = Problem(
    409,
    "ほかの人が先に保存しました。画面を開き直し、新しい内容を確かめてから保存してください。",
    "Somebody else saved it first. Open the page again, look at what is new, and save then.",
)
BUSY = Problem(
    503,
    "データベースにつながりません。少し待ってからもう一度お試しください。",
    "The database can't be reached. Wait a little and try again.",
)
TOO_LARGE = Problem(
    413, "送られた内容が大きすぎます。減らしてお送りください。", "Too much was sent. Send less."
)
