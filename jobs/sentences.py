"""What the jobs page, `ibasho jobs` and a dead job's reason say, in Japanese and English."""

from collections.abc import Mapping

KINDS: dict[str, tuple[str, str]] = {
    "refresh_all": ("全掲載情報の空き状況の更新（夜間）", "Refresh of all offerings (nightly)"),
    "refresh_some": (
        "空き状況の更新（夜間・一部分）",
        "Refresh of offerings (a part of the night's)",
    ),
    "refresh_changed": ("空き状況の更新（変更のあった分）", "Refresh of offerings that changed"),
    "expire": ("終了した資源の締め切り", "Closing of resources that have ended"),
    "expire_holds": ("期限の切れた仮押さえの解放", "Giving back of holds that ran out"),
    "tell_places": ("回ごとの空きの反映（日替わり）", "Places of the next session (daily)"),
    "place_locations": ("住所から位置を求める", "Placing of addresses"),
    "check_file": ("取り込み前の確認（試し読み）", "Trial of a file before its import"),
    "import_file": ("ファイルの取り込み", "Import of a file"),
    "import_some": ("ファイルの取り込み（一部分）", "Import of a part of a file"),
    "finish_import": ("ファイルの取り込みの仕上げ", "Completion of a file's import"),
    "build_index": ("検索用データの作り直し", "Building of the index"),
    "compare_entries": ("重複の照合", "Comparing of entries with each other"),
    "tell_stalled": ("予定日を過ぎた調整の知らせ", "Notices of overdue placements"),
    "tell_contacts": ("その後を聞く日の知らせ", "Notices of contacts that are due"),
    "tell_ask_again": (
        "もう一度たずねられる日の知らせ",
        "Notices of places that may be asked again",
    ),
    "remind_verifications": (
        "確認の期限の知らせ（毎週）",
        "Verifications that are due (weekly)",
    ),
    "report_gaps": ("足りない場所の報告（毎週）", "Report of gaps (weekly)"),
    "propose_destruction": (
        "保存期間の過ぎた記録の調べ",
        "Looking for records past their term",
    ),
    "count_hosts": ("受け入れ先の経験と返事の集計", "Counting of hosts' experience"),
    "learn_outcomes": ("定着の記録からの学習", "Learning from outcomes"),
    "seal_audit": ("閲覧記録の封印", "Sealing of the audit"),
    "read_sources": ("外部の提供元のうち読む時が来たもの", "Sources outside that are due"),
    "read_source": ("外部の提供元の読み取り", "Reading of a source outside"),
    "forget_old_jobs": ("古い処理記録の削除", "Removal of old jobs"),
    "fit_some": ("待っている人の一部への新しい場の提案", "New places for some who wait"),
    "fit_waiting": ("待っている人への新しい場の提案", "New places for those who wait"),
    "backup": ("控えの作成", "Backup"),
}

SENTENCES: dict[str, tuple[str, str]] = {
    # Outcomes
    "nothing_to_do": ("対象はありませんでした。", "There was nothing to do."),
    "refreshed": (
        "{looked_at}件を確認し、{changed}件を更新しました。",
        "{looked_at} offerings looked at, {changed} updated.",
    ),
    "due_proposed": (
        "保存期間の過ぎた{waiting}件が承認を待っています。何も廃棄していません。",
        "{waiting} records past their term wait for approval; nothing was destroyed.",
    ),
    "split": ("{pieces}個の処理に分けました。", "Split into {pieces} jobs."),
    "expired": (
        "終了した資源を{closed}件締め切りました。",
        "{closed} resources that ended were closed.",
    ),
    "holds_expired": (
        "期限の切れた仮押さえ{holds}件を空きに戻しました。",
        "{holds} holds that ran out were given back.",
    ),
    "places_told": (
        "空き状況{changed}件を次の回に合わせました。",
        "Availability of {changed} offerings follows their next session.",
    ),
    "placed": (
        "住所{looked_at}件のうち{placed}件の位置が分かりました。圏域を{districts}件に付けました。",
        "{placed} of {looked_at} addresses placed; {districts} assigned to a district.",
    ),
    "imported": (
        "{rows}行を読み、追加{added}、変更{changed}、変更なし{unchanged}、報告{reported}でした。",
        "{rows} rows read: {added} added, {changed} changed, {unchanged} unchanged, "
        "{reported} reported.",
    ),
    "file_checked": (
        "{rows}行を試しに読みました。取り込むと、追加{added}、変更{changed}、変更なし{unchanged}、"
        "報告{reported}になります。まだ何も変わっていません。",
        "{rows} rows were tried: {added} would be added, {changed} changed, {unchanged} unchanged, "
        "{reported} reported. Nothing has changed yet.",
    ),
    "file_unfit": (
        "このファイルは取り込めません: {problem_ja}", "This file can't be imported: {problem}",
    ),
    "imported_like_others": (
        "{rows}行を読み、追加{added}、変更{changed}、変更なし{unchanged}、報告{reported}でした。"
        "すでに登録されているかもしれない行が{similar}件あります（重複の確認）。",
        "{rows} rows read: {added} added, {changed} changed, {unchanged} unchanged, "
        "{reported} reported. {similar} added rows may already have been there (see duplicates).",
    ),
    "sources_asked": (
        "外部の提供元{sources}件を読みます。", "{sources} sources outside are to be read.",
    ),
    "source_read": (
        "空き状況を{changed}件更新しました。信用できない内容は{doubts}件です。",
        "Availability of {changed} offerings changed; nothing is believed of {doubts}.",
    ),
    "source_failed": (
        "外部の提供元を読めません（{problem_ja}）。前の空き状況と日付を残し、間をおいてまた読みます。",
        "The source couldn't be read ({problem}) The old availability and its date stay; "
        "it is read again after a pause.",
    ),
    "built": (
        "検索用データは版{revision}のものです。",
        "The index stands at revision {revision}.",
    ),
    "compared": (
        "登録をくらべ、同じ場かもしれない組を{pairs}組見つけました。",
        "Entries were compared; {pairs} pairs may be one place.",
    ),
    "stalled_told": (
        "担当{owners}人と所属長{managers}人に知らせました。",
        "{owners} owners and {managers} managers were told.",
    ),
    "contacts_told": (
        "その後を聞く日を、担当{owners}人と所属長{managers}人に知らせました。",
        "{owners} owners and {managers} managers were told of contacts that are due.",
    ),
    "asking_again_told": (
        "もう一度たずねられる日になった場を、担当{told}人に知らせました。",
        "{told} owners were told of places that may be asked again.",
    ),
    "verifications_told": (
        "確認の期限が過ぎた登録{over}件、7日以内に切れる登録{soon}件を{told}人に知らせました。",
        "{told} people were told: {over} entries are past their term, {soon} will be in a week.",
    ),
    "gaps_reported": (
        "{people}人のうち{without}人に歩いて行ける居場所がありません。新しく空白になった町丁は{towns}か所です。",
        "{without} of {people} people have no place in reach; {towns} towns are new among theirs.",
    ),
    "no_population": (
        "人口がないため報告を作れません。ibasho import population で取り込んでください。",
        'No report without population; run "ibasho import population FILE".',
    ),
    "sealed": ("閲覧記録{rows}件を封印しました。", "{rows} rows of the audit were sealed."),
    "forgotten": (
        "終わった処理{jobs}件と時刻の記録{ticks}件を消しました。",
        "{jobs} finished jobs and {ticks} times of the clock were removed.",
    ),
    "fitted": (
        "新しい場・空いた場{places}件を、待っている{waiting}人に照らし、担当者に{told}件知らせました。",
        "{places} places that came or changed were put to {waiting} who wait; "
        "owners were told {told} times.",
    ),
    "backed_up": (
        "控えを作り、戻せることを確かめました（{megabytes} MB）。",
        "A backup was made, and proved by bringing it back ({megabytes} MB).",
    ),
    "learned_better": (
        "定着の記録{outcomes}件から学び、規則だけより良かったため、点の{percent}％に使います。",
        "Learned from {outcomes} outcomes; it beats the rules alone on later ones and makes "
        "{percent}% of the score.",
    ),
    "learned_not_better": (
        "定着の記録{outcomes}件から学びましたが、規則だけより良くないため、使いません。",
        "Learned from {outcomes} outcomes; it doesn't beat the rules alone and isn't used.",
    ),
    "hosts_counted": (
        "受け入れ先{changed}件の経験と返事を改めました。",
        "What is known of {changed} hosts from the casework was brought up.",
    ),
    "learned_too_few": (
        "分かっている定着の記録は{outcomes}件で、学ぶには少ないため、使いません。",
        "{outcomes} outcomes are known: too few to learn from, so it isn't used.",
    ),
    # Reasons
    "bad_backup": ("控えを作れません: {problem_ja}", "No backup can be made: {problem}"),
    "not_whole": (
        "データに食い違いが{findings}件あり、控えを作れません。ibasho verify で確かめてください。",
        "No backup was made: {findings} things in the data don't agree; run ibasho verify.",
    ),
    "unwritable_backup": (
        "控えのフォルダーに書けません。場所と空きを確認してください。",
        "The folder for backups can't be written; check the place and its free space.",
    ),
    "failed": (
        "予期しない誤りで止まりました（{error}、{place}）。記録を確認してください。",
        "Stopped by an unexpected error ({error}, {place}); see the log.",
    ),
    "worker_lost": (
        "処理の途中で実行役が何度も止まりました。メモリーと記録を確認してから再実行してください。",
        "Its worker stopped again and again in the middle of it; check memory and the log, "
        "then retry.",
    ),
    "too_long": (
        "制限時間を超えたため止めました。", "It was stopped: it took longer than is allowed.",
    ),
    "no_gazetteer": (
        "町丁目の位置データがありません。ibasho import gazetteer で取り込んでください。",
        'No gazetteer has been imported; run "ibasho import gazetteer FILE".',
    ),
    "busy": (
        "閲覧記録に書き込み中でした。少したってからもう一度行います。",
        "The audit was being written to; it is done again a little later.",
    ),
    "no_such_file": (
        "取り込むファイルが見つかりません。もう一度送ってください。",
        "The file to import is no longer there; upload it again.",
    ),
    "bad_file": (
        "このファイルは取り込めません: {problem_ja}", "This file can't be imported: {problem}",
    ),
    "bad_subject": (
        "処理の対象の指定が正しくありません。",
        "What the job is about isn't given as it should be.",
    ),
}  # fmt: skip

UNKNOWN_KIND = (
    "このプログラムの知らない種類の処理です。新しい版が動いているか確認してください。",
    "This program doesn't know this kind of job; check that the newer version is running.",
)


def kind_name(kind: str, language: str = "ja") -> str:
    """Return what people call a kind of job; its code where it is unknown."""
    names = KINDS.get(kind)
    return kind if names is None else names[0 if language == "ja" else 1]


def sentence(said: str, facts: Mapping[str, object], language: str = "ja") -> str:
    """Return the sentence of a code with its facts filled in; the code where it is unknown."""
    forms = SENTENCES.get(said)
    if forms is None:
        return said
    try:
        return forms[0 if language == "ja" else 1].format(**facts)
    except (KeyError, IndexError):
        return said
