"""Finds out in which encoding a file of text is written, or says that it can't be told."""

import re
from collections.abc import Callable

from resources.sources.rows import BadFile

Judge = Callable[[str], int]
"""How many columns of a table of places a text has; none: it is no such table, read like this."""

ENCODINGS = ("utf-8", "cp932", "euc-jp", "iso-2022-jp", "utf-16")
"""What can be named where the encoding can't be told; shift_jis is another name of cp932."""

_ALIASES = {
    "utf8": "utf-8", "utf-8-sig": "utf-8", "sjis": "cp932", "shift_jis": "cp932",
    "shift-jis": "cp932", "windows-31j": "cp932", "ms932": "cp932", "eucjp": "euc-jp",
    "euc_jp": "euc-jp", "jis": "iso-2022-jp", "iso2022jp": "iso-2022-jp",
    "iso-2022jp": "iso-2022-jp", "utf16": "utf-16", "unicode": "utf-16",
}  # fmt: skip

_SHIFTS = re.compile(rb"(\x1b(?:\$[@B]|\$\(D|\([BJI]))")
_THREE_BYTES = re.compile(rb"[\xe1-\xef][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]")
_HIGH = re.compile(rb"[\x80-\xff]")
_NO_TEXT = re.compile("[\x80-\x9f\uf8f0-\uf8f3\ufffe\uffff]")
"""What a decoder lets through and nobody writes: C1 controls, the single bytes of cp932 that
stand for nothing, and no characters."""


class UnknownEncoding(ValueError):
    """An encoding of that name isn't read."""

    def __init__(self) -> None:
        self.encodings = ", ".join(ENCODINGS)
        super().__init__(f"unknown encoding; there are: {self.encodings}")


def encoding_named(name: str) -> str:
    """Return the encoding that somebody names; raise `UnknownEncoding`."""
    flat = name.strip().lower()
    found = _ALIASES.get(flat, flat)
    if found not in ENCODINGS:
        raise UnknownEncoding
    return found


def decoded(content: bytes, *, encoding: str | None = None, judge: Judge) -> str:
    """Return the text of a file.

    Every byte must be text; nothing is replaced. Where two encodings are possible and give
    different texts, the one counts under which the text is a table of places; where that doesn't
    tell either, the file is refused.

    encoding : one of `ENCODINGS` that somebody named, else it is found out

    Raises
    ------
    BadFile
    """
    if encoding is not None:
        text = _strictly(content, encoding)
        if text is None:
            raise BadFile(
                f"文字コード {encoding} として読めません。正しい文字コードを指定してください。",
                f"Some of the file can't be read as {encoding}; name the encoding it has.",
            )
        return text
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _only([_strictly(content, "utf-16")])
    if _SHIFTS.search(content) and not _HIGH.search(content):
        return _only([_strictly(content, "iso-2022-jp")])
    unicode = _strictly(content, "utf-8")
    if unicode is not None and (unicode.isascii() or _THREE_BYTES.search(content)):
        return unicode  # a Japanese sign has three bytes, which no other encoding makes by chance
    _refuse_broken_unicode(content, unicode)
    return _only([unicode, *(_strictly(content, e) for e in ("cp932", "euc-jp"))], judge)


def _only(texts: list[str | None], judge: Judge | None = None) -> str:
    found = list(dict.fromkeys(text for text in texts if text is not None))
    if len(found) > 1 and judge is not None:
        judged = {text: judge(text) for text in found}
        found = [text for text in found if judged[text]] or found
    if len(found) == 1:
        return found[0]
    names = ", ".join(ENCODINGS)
    if not found:
        raise BadFile(
            f"文字コードが分かりません。指定してください（--encoding {names}）。",
            f"Its encoding isn't known; name it (--encoding {names}).",
        )
    raise BadFile(
        f"文字コードが二通りに読めます。どれかを指定してください（--encoding {names}）。",
        f"It can be read in two encodings, with different texts; name one (--encoding {names}).",
    )


def _strictly(content: bytes, encoding: str) -> str | None:
    """Return the text of bytes that are all text in an encoding; None where some aren't."""
    try:
        if encoding == "utf-8":
            return content.decode("utf-8-sig")
        if encoding == "iso-2022-jp":
            return _euc(_as_euc(content))
        text = _euc(content) if encoding == "euc-jp" else content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _NO_TEXT.search(text) else text


def _euc(content: bytes) -> str:
    """Decode EUC-JP; JIS X 0213 holds what the older set lacks, such as ① and ㈱."""
    try:
        return content.decode("euc_jp")
    except UnicodeDecodeError:
        return content.decode("euc_jis_2004")


def _as_euc(content: bytes) -> bytes:
    """Return ISO-2022-JP as EUC-JP: the same characters, told apart by a bit and not by a shift."""
    out = [b""]
    kind = b"\x1b(B"
    for part in _SHIFTS.split(content):
        if _SHIFTS.fullmatch(part):
            kind = part
        elif kind in (b"\x1b(B", b"\x1b(J"):
            out.append(part)
        else:
            out.append(_shifted(part, kind))
    return b"".join(out)


def _shifted(part: bytes, kind: bytes) -> bytes:
    high = bytes(b | 0x80 for b in part)
    if any(b < 0x21 for b in part) or (kind != b"\x1b(I" and len(part) % 2):
        raise UnicodeDecodeError("iso-2022-jp", part, 0, len(part), "half a character")
    if kind == b"\x1b(I":
        return b"".join(b"\x8e" + high[i : i + 1] for i in range(len(high)))
    lead = b"\x8f" if kind == b"\x1b$(D" else b""
    return b"".join(lead + high[i : i + 2] for i in range(0, len(high), 2))


def _refuse_broken_unicode(content: bytes, text: str | None) -> None:
    """Refuse UTF-8 in which some bytes are broken; another encoding would make signs of it."""
    high = len(_HIGH.findall(content))
    inside = 3 * len(_THREE_BYTES.findall(content))
    if text is not None or inside < 0.9 * high or inside < 3:
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    raise BadFile(
        f"{line} 行目に UTF-8 でない文字があります。直すか、--encoding で指定してください。",
        f"Line {line} holds bytes that are no UTF-8; correct it, or name it by --encoding.",
    )
