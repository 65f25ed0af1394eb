"""One spelling for the many ways in which the name of a Japanese place is written.

The folded form is only for comparing, never for showing: 霞ヶ関, 霞が関 and 霞ガ関 become one, as
do 澤 and 沢, ノ and 之, 三丁目 and 3丁目, and 大字 and 字 fall away.
"""

import re
import unicodedata
from dataclasses import dataclass

from geodata.numerals import KANJI_NUMERALS, number_of

# Old form, present form; after the list of 常用漢字表 and its older forms, then what
# the names of towns add to it.
_OLD_AND_NEW = (
    "亞亜圍囲壹壱榮栄驛駅應応櫻桜假仮會会懷懐覺覚樂楽陷陥歡歓氣気戲戯據拠挾挟區区徑径溪渓輕軽"
    "藝芸儉倹圈圏權権嚴厳恆恒國国齋斎雜雑蠶蚕殘残兒児實実釋釈從従縱縦敍叙燒焼條条剩剰壤壌釀醸"
    "眞真盡尽醉酔髓髄聲声竊窃淺浅錢銭禪禅爭争插挿騷騒屬属對対滯滞擇択單単斷断癡痴鑄鋳敕勅鐵鉄"
    "傳伝黨党鬪闘屆届腦脳廢廃發発蠻蛮拂払邊辺瓣弁寶宝沒没滿満藥薬餘余樣様亂乱兩両禮礼靈霊爐炉"
    "灣湾惡悪醫医飮飲營営圓円歐欧奧奥價価繪絵擴拡學学罐缶勸勧觀観歸帰犧犠擧挙狹狭驅駆莖茎經経"
    "繼継缺欠劍剣檢検顯顕廣広鑛鉱碎砕劑剤參参慘惨絲糸辭辞舍舎壽寿澁渋肅粛將将證証乘乗疊畳孃嬢"
    "觸触寢寝圖図穗穂樞枢齊斉攝摂戰戦潛潜雙双莊荘裝装藏蔵續続體体臺台澤沢膽胆彈弾蟲虫廳庁鎭鎮"
    "點点燈灯盜盗獨独貳弐霸覇賣売髮髪祕秘佛仏變変辯弁豐豊飜翻默黙與与譽誉謠謡覽覧獵猟勵励齡齢"
    "勞労壓圧爲為隱隠衞衛鹽塩毆殴穩穏畫画壞壊殼殻嶽岳卷巻關関顏顔僞偽舊旧峽峡曉暁勳勲惠恵螢蛍"
    "鷄鶏縣県險険獻献驗験效効號号濟済册冊棧桟贊賛齒歯濕湿寫写收収獸獣處処稱称奬奨淨浄繩縄讓譲"
    "囑嘱愼慎粹粋隨随數数靜静專専踐践纖繊壯壮搜捜總総臟臓墮堕帶帯瀧滝擔担團団遲遅晝昼聽聴遞逓"
    "轉転當当稻稲讀読惱悩拜拝麥麦拔抜濱浜竝並辨弁舖舗襃褒萬万譯訳豫予搖揺來来龍竜壘塁隸隷戀恋"
    "樓楼淸清靑青黃黄橫横增増德徳鄕郷錄録綠緑緖緒"
    "鰺鯵鶯鴬蠣蛎攪撹竈竃灌潅諫諌頸頚礦砿蘂蕊靱靭賤賎壺壷礪砺檮梼濤涛邇迩蠅蝿檜桧儘侭藪薮籠篭"
    "﨑崎碕崎嵜崎髙高𠮷吉祗祇舟船巿市淵渕渊渕槇槙薗園曾曽禰祢冨富峯峰舘館濵浜邉辺埜野嶋島嶌島"
    "蘆芦桝枡穐秋讚讃餠餅埓埒葢蓋廼乃乃ノ之ノ"
)
_HYPHENS = "‐‑‒–—―−─━﹣－⁻₋"


def _one_to_one() -> dict[int, str]:
    table = {ord(old): new for old, new in zip(_OLD_AND_NEW[::2], _OLD_AND_NEW[1::2], strict=True)}
    # Two steps (廼 to 乃 to ノ) become one.
    table = {old: table.get(ord(new), new) for old, new in table.items()}
    table |= {c: chr(c + 0x60) for c in range(ord("ぁ"), ord("ゖ") + 1)}
    small, large = "ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワケケ"
    table |= {ord(s): g for s, g in zip(small, large, strict=True)}
    for kana in "ガが":
        table[ord(kana)] = "ケ"
    for kana, bare in zip("っゃゅょぁぃぅぇぉゎゕゖ", "ツヤユヨアイウエオワケケ", strict=True):
        table[ord(kana)] = bare
    return table | {ord(h): "-" for h in _HYPHENS}


_TABLE = _one_to_one()
_REPEATED = re.compile("([^0-9])々")
_COUNTERS = "丁目|丁|町目|番町|番丁|番地|条|線|号|地割|区"
_SPECIAL = re.compile(
    rf"(?P<number>[0-9]{{1,9}}|[{KANJI_NUMERALS}]{{1,9}})(?=\s*(?:{_COUNTERS})|[-ー][0-9{KANJI_NUMERALS}])"
    rf"|(?<=[0-9{KANJI_NUMERALS} ])(?P<chome>丁目|町目)"
    r"|(?<=[0-9目丁番地号])(?P<hyphen>ー)"
    r"|大字|字|\s+"
)


@dataclass(frozen=True)
class Folded:
    """A text in its folded form, and where each folded character ends in the text."""

    text: str
    key: str
    ends: tuple[int, ...]

    def after(self, length: int) -> str:
        """Return what the text says after the first `length` folded characters."""
        return self.text[self._source(length) :]

    def between(self, start: int, end: int) -> str:
        """Return the text that the folded characters from `start` to `end` stand for."""
        return self.text[self._source(start) : self._source(end)].strip()

    def _source(self, length: int) -> int:
        return self.ends[length - 1] if length else 0


def tidy(text: str) -> str:
    """Return the text with full-width and half-width made one and no space at its ends."""
    return unicodedata.normalize("NFKC", text).strip()


def fold_name(name: str) -> str:
    """Return the folded form of a name (or of many, one a line)."""
    return "".join(piece for piece, _, _ in _pieces(tidy(name).replace("\n", "\0"))).replace(
        "\0", "\n"
    )


def fold_text(text: str) -> Folded:
    """Return the folded form of an address, remembering where each character came from."""
    tidied = tidy(text)
    key: list[str] = []
    ends: list[int] = []
    for piece, start, end in _pieces(tidied):
        key.append(piece)
        one_to_one = len(piece) == end - start
        ends += [start + i + 1 if one_to_one else end for i in range(len(piece))]
    return Folded(tidied, "".join(key), tuple(ends))


def _pieces(tidied: str) -> list[tuple[str, int, int]]:
    """Return (folded piece, start, end) in order; only the special places change length."""
    plain = _REPEATED.sub(r"\1\1", tidied).translate(_TABLE)
    pieces: list[tuple[str, int, int]] = []
    done = 0
    for match in _SPECIAL.finditer(plain):
        if match.start() > done:
            pieces.append((plain[done : match.start()], done, match.start()))
        pieces.append((_replacement(match), match.start(), match.end()))
        done = match.end()
    pieces.append((plain[done:], done, len(plain)))
    return pieces


def _replacement(match: re.Match[str]) -> str:
    if match["number"]:
        return str(number_of(match["number"]))
    if match["chome"]:
        return "丁"
    return "-" if match["hyphen"] else ""
