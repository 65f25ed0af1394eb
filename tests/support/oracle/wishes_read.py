"""What the wishes of the random needs say, read by hand: the reference asks no word list."""

from typing import NamedTuple


class Read(NamedTuple):
    """Which activities a wish names, and what of its words is wished.

    from_home : whether it says that they would rather join from home
    """

    activities: frozenset[str]
    words: str
    from_home: bool = False


NOTHING_SAID = Read(frozenset(), "")

_NAMED: dict[str, set[str]] = {
    "静かに本を読んで過ごせます": {"quiet", "reading"},
    "木工と修理の会": {"woodwork", "repair"},
    "お茶を飲みながらおしゃべり": {"tea"},
    "子どもと一緒に遊べる": {"children_play"},
    "話さなくてもよい居場所です": {"quiet"},
    "軽い作業を一緒に": {"light_work"},
    "畑で野菜を育てる": {"gardening"},
    "体操と歌": {"exercise"},
}
"""Of wishes that deny nothing: all of their words are wished."""

_DENYING: dict[str, tuple[set[str], str]] = {
    "体操と歌は苦手、お茶を飲みながらおしゃべりしたい": ({"tea"}, "お茶を飲みながらおしゃべりしたい"),
    # The reason for a dislike names what is disliked, and is left out with it.
    "子どもと遊ぶのは疲れるのでいやだ。木工がしたい": ({"woodwork"}, "木工がしたい"),
    "畑で野菜を育てるのはいやだ": (set(), ""),
}  # fmt: skip

WISHES_READ = {
    "": NOTHING_SAID,
    **{said: Read(frozenset(named), said) for said, named in _NAMED.items()},
    **{said: Read(frozenset(named), left) for said, (named, left) in _DENYING.items()},
}
