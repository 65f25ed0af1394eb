"""Entries as another hand would have written them, and neighbours that only look alike."""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from resources.same_place import Facts

FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-"}
OLDER = str.maketrans("沢広浜学国桜竜辺斉高島富峰", "澤廣濱學國櫻龍邊齊髙嶋冨峯")
KANJI = "〇一二三四五六七八九"
FORMS = (
    "㈱",
    "（株）",
    "株式会社",
    "NPO法人",
    "社会福祉法人　",
    "（福）",
    "一般社団法人",
    "医療法人社団 ",
)
SHORTER = {
    "放課後児童クラブ": "学童クラブ", "子育て支援センター": "子育てセンター",
    "地域包括支援センター": "包括", "コミュニティセンター": "コミセン",
    "放課後等デイサービス": "放デイ", "社会福祉協議会": "社協", "焼津市立": "", "高松市立": "",
}  # fmt: skip

Spoiler = Callable[[Facts, random.Random], Facts]


def kana_only(f: Facts, r: random.Random) -> Facts:
    """The reading stands where the name should."""
    return replace(f, name=f.kana, kana=None) if f.kana else f


def old_characters(f: Facts, r: random.Random) -> Facts:
    return replace(
        f, name=f.name.translate(OLDER), address=(f.address or "").translate(OLDER) or None
    )


def company_form(f: Facts, r: random.Random) -> Facts:
    return replace(f, name=r.choice(FORMS) + f.name)


def company_form_behind(f: Facts, r: random.Random) -> Facts:
    return replace(f, name=f.name + r.choice(["（株）", "㈱", " 株式会社"]))


def spaces(f: Facts, r: random.Random) -> Facts:
    at = r.randrange(1, max(2, len(f.name)))
    return replace(f, name=f.name[:at] + r.choice([" ", "　", "・"]) + f.name[at:])


def slip(f: Facts, r: random.Random) -> Facts:
    """One letter left out, doubled or exchanged with the next."""
    if len(f.name) < 7:
        return f
    at = r.randrange(1, len(f.name) - 1)
    a, b = f.name[at], f.name[at + 1]
    return replace(f, name=f.name[:at] + r.choice(["" + b, a + a + b, b + a]) + f.name[at + 2 :])


def phone_format(f: Facts, r: random.Random) -> Facts:
    if not f.phone:
        return f
    digits = re.sub(r"\D", "", f.phone)
    return replace(
        f,
        phone=r.choice(
            [digits, f.phone.translate(FULL_WIDTH), f"({digits[:3]}){digits[3:6]}-{digits[6:]}",
             f"+81-{digits[1:3]}-{digits[3:6]}-{digits[6:]}", f"TEL {f.phone}"]
        ),
    )  # fmt: skip


def number_style(f: Facts, r: random.Random) -> Facts:
    """三丁目1番2号, 3丁目1-2, ３－１－２."""
    if not f.address:
        return f
    address = re.sub(r"(\d)丁目", lambda m: f"{KANJI[int(m[1])]}丁目", f.address)
    plain = re.sub(r"([一二三四五六七八九])丁目", lambda m: f"{KANJI.index(m[1])}-", f.address)
    plain = re.sub(r"(\d)丁目", r"\1-", plain).replace("番地の", "-").replace("番地", "")
    counted = re.sub(r"(\d+)-(\d+)$", r"\1番\2号", f.address)
    return replace(f, address=r.choice([address, plain, counted, plain.translate(FULL_WIDTH)]))


def without_city(f: Facts, r: random.Random) -> Facts:
    return replace(
        f, address=re.sub("^(?:静岡県|香川県)?(?:焼津市|高松市)?", "", f.address or "") or None
    )


def moved_point(f: Facts, r: random.Random) -> Facts:
    if f.lon is None or f.lat is None:
        return f
    return replace(f, lon=f.lon + r.uniform(-8e-4, 8e-4), lat=f.lat + r.uniform(-8e-4, 8e-4))


def no_point(f: Facts, r: random.Random) -> Facts:
    return replace(f, lon=None, lat=None)


def no_address(f: Facts, r: random.Random) -> Facts:
    return replace(f, address=None)


def no_phone(f: Facts, r: random.Random) -> Facts:
    return replace(f, phone=None)


def no_kind(f: Facts, r: random.Random) -> Facts:
    return replace(f, kind=None)


def shortened(f: Facts, r: random.Random) -> Facts:
    name = f.name
    for long, short in SHORTER.items():
        name = name.replace(long, short)
    return replace(f, name=name or f.name)


SPOILERS: tuple[Spoiler, ...] = (
    kana_only, old_characters, company_form, company_form_behind, spaces, slip, phone_format,
    number_style, without_city, moved_point, no_point, no_address, no_phone, no_kind, shortened,
)  # fmt: skip


def spoiled(f: Facts, r: random.Random) -> tuple[Facts, list[str]]:
    """Return an entry spoiled in two to five ways, and their names.

    Of its four hard facts (point, address, phone, name as written) at most two fall out, since an
    entry of which only a common name is left can't be told from others by anybody.
    """
    lost = {"no_point", "no_address", "no_phone"}
    chosen: list[Spoiler] = []
    for spoiler in r.sample(SPOILERS, r.randint(2, 5)):
        if spoiler.__name__ in lost and sum(s.__name__ in lost for s in chosen) >= 2:
            continue
        chosen.append(spoiler)
    for spoiler in chosen:
        f = spoiler(f, r)
    kana = f.kana if r.random() < 0.5 else None
    return replace(f, kana=kana), [s.__name__ for s in chosen]


def two_rooms(f: Facts, r: random.Random) -> tuple[Facts, Facts]:
    """Two rooms, groups or annexes of one house: all but the number is the same."""
    a, b = r.choice(
        [("第1", "第2"), ("第一", "第三"), ("東", "西"), ("2号館", "3号館"), ("Ⅰ", "Ⅱ")]
    )
    return replace(f, name=f.name + a, kana=None), replace(f, name=f.name + b, kana=None)


def other_service(f: Facts, r: random.Random) -> tuple[Facts, Facts]:
    """Another service in the same building, with the building's telephone."""
    other = r.choice(
        ["体操の会", "子ども食堂つばめ", "法律相談室", "図書コーナー", "認知症カフェ灯"]
    )
    return f, Facts(other, None, f.kind, f.address, f.phone, f.lon, f.lat)


def same_name_elsewhere(f: Facts, r: random.Random) -> tuple[Facts, Facts]:
    """Another town's place of the same name."""
    address = f"焼津市{r.choice(['小川', '三ケ名', '大村', '利右衛門', '上泉'])}{r.randint(1, 900)}"
    far = (None, None) if f.lon is None or f.lat is None else (f.lon + 0.03, f.lat + 0.02)
    return f, replace(f, kana=None, address=address, phone=None, lon=far[0], lat=far[1])


def chain_shop(f: Facts, r: random.Random) -> tuple[Facts, Facts]:
    """Two branches of one chain, half a kilometre apart."""
    name = r.choice(["喫茶あおい", "ひだまり薬局", "デイサービスゆうゆう"])
    towns = r.sample(["駅前", "本町", "栄町", "石津", "北浜", "南通"], 2)
    made = [
        Facts(f"{name}{t}店", None, "employer", f"焼津市{t}{r.randint(1, 5)}-{r.randint(1, 20)}",
              f"054-000-{r.randint(1000, 9999)}", 138.32 + i * 0.005, 34.86)
        for i, t in enumerate(towns)
    ]  # fmt: skip
    return made[0], made[1]


NEAR_MISSES = (two_rooms, other_service, same_name_elsewhere, chain_shop)
