"""Pieces of which the words of a schedule expression are made, and the words that change nothing."""

# ruff: noqa: E501 - a pattern is read best in one line

from resources.schedule_words import CLOCK

DAY = r"[月火水木金土日](?:曜日?+)?+"  # a half of 日曜日 is no day
HOLIDAY = (
    r"(?:国民の祝日に関する法律に(?:規定|定)する(?:国民の祝日|休日|祝日)|国民の祝日(?:・休日)?|祝日法による休日"
    r"|祝日・?振替休日|祝日(?:又は|または|・|及び|、)振替休日|祝日、?国民の休日|祝祭日|祝休日|祝日|祭日|祝)"
)
AND = r"(?:・|、|,|と|及び|および|/)"
NEXT_NTH = r"(?:(?:・|、|,|と|~|-|から)(?:第?[1-5一二三四五]|最終|最後)|第[1-5一二三四五])"
TO = r"\s*(?:~|-|から|より)\s*"
END_OF_HOURS = r"(?:閉店|閉館|閉園|閉所|閉室)?(?:まで|迄)?(?:の間)?(?:利用可能?|開放|です|となります|となっています)?"
SHUT_HOURS = r"(?:は|を|が|の間は?)?(?:開放不可|利用不可|使用不可|不可|閉局|閉館|閉室|閉所|休憩(?:時間)?|昼休み|お昼休み|昼休憩|休診|休み|お休み|除く|除きます)"
CLOSED_DAYS = r"休館日|休業日|定\s*休\s*日|店休日|休所日|閉館日|休園日|休室日|休診日"
SHUT_DAYS = r"(?:(?:の場合|のとき|の時)は|は|が|を)?(?:お休み|休み|休館日?|休業日?|定休日?|休所日?|休診日?|閉館|中止|休止|終日利用不可|利用不可|使用不可|[開解]放不可|不可|除く|除きます|休(?!日))(?:です|となります|します)?(?!日(?!曜))"
LAST_ENTRY = (
    r"(?:当日)?(?:最終)?(?:受付|入館|入場|入室|入園|ラストオーダー|オーダーストップ|L\.?O\.?)"
)

HARMLESS = (
    # Sold out or the last order: the hours that are stated hold all the same.
    r"\((?:または|又は)?(?:売り?切れ次第|完売)(?:にて|で)?(?:終了|閉店)?\)",
    rf"[(※]\s*{LAST_ENTRY}(?:時間|時刻)?\s*[:は/]?\s*{CLOCK}(?:まで|終了|締切)?\)?",
    rf"{CLOCK}\s*(?:ラストオーダー|オーダーストップ|L\.?O\.?)(?=[)、。 ]|$)",
    rf"(?:ラストオーダー|オーダーストップ|L\.?O\.?|最終受付|最終入館|最終入場)\s*[:は]?\s*{CLOCK}(?:まで)?",
    # More than the hours that are stated.
    r"\((?:早朝・|朝・夕)?延長(?:保育)?(?:有り?|あり)\)|\(延長は平常時と同じ\)|預かり保育(?:有り?|あり)",
    rf"(?:(?:平日|{DAY})?延長保育:(?:平日|{DAY})?{CLOCK}{TO}{CLOCK}まで(?:、(?:平日|{DAY})?{CLOCK}{TO}{CLOCK}まで)*)",
    # How to take part, and what for.
    r"(?:※\s*)?(?:要予約|要申込|要事前予約|(?:完全|事前)?予約制|予約不要|申込不要|参加無料|入場無料|入館無料|無料)",
    r"当日先着順|先着順|観覧希望者は、当日直接会場へお越しください",
    r"(?:営業時間内|店頭販売商品のみ)クーポン利用可|利用条件:クーポンの条件と同じ",
    r"ウエルカフェ",
    # An empty cell of a table, behind hours.
    r"(?<=\d )-(?=$| )|(?<=- )-(?=$)",
)
"""What changes neither the days nor the hours; no day, no closing and no condition is in it."""
