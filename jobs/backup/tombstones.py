"""Looks whether what was merged away, or is open data no more, is still told to whoever asks."""

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from jobs.backup.checking import Finding
from resources.merged import astray
from resources.open_checked import mistold


def tombstone_findings(connection: Connection) -> list[Finding]:
    """Return which entries lead nowhere, or are told wrongly in the log of open data.

    These are for `verify` alone: a copy of such a database is better than none.
    """
    with Session(bind=connection) as session:
        nowhere, in_a_circle = astray(session)
        told = mistold(session)
    counted = (
        (
            "merged:nowhere",
            len(nowhere),
            "統合された資源のうち、残した資源にたどり着けないものがあります（{n}件）",
            "{n} resources that were merged away lead to no resource that was kept",
        ),
        (
            "merged:circle",
            len(in_a_circle),
            "統合の行き先が輪になっている資源があります（{n}件）",
            "{n} resources that were merged away lead round in a circle",
        ),
        (
            "open:not_buried",
            told.not_buried,
            "公開データで公開中と示したままの、もう公開でない提供があります（{n}件）",
            "{n} offerings are told as open data that are gone or open no more",
        ),
        (
            "open:not_told",
            told.not_told,
            "公開中なのに、公開データの変更の記録にない提供があります（{n}件）",
            "{n} offerings are open, but the log of open data doesn't say so",
        ),
        (
            "open:lost",
            told.lost,
            "公開データの変更の記録から、公開したことのある提供の行が失われています（{n}件）",
            "{n} offerings that were open data are missing in the log of open data",
        ),
        (
            "open:ahead",
            told.ahead,
            "公開データの変更の記録に、変更履歴にまだない版があります（{n}件）",
            "{n} positions in the log of open data lie ahead of the change log",
        ),
    )
    return [Finding(what, n, ja.format(n=n), en.format(n=n)) for what, n, ja, en in counted if n]
