"""`ibasho note`: a note on standard input, proposals with their words out."""

import json

from terminal import Ibasho

from api.commands.note import LARGEST_NOTE_BYTES


def test_a_note_gives_proposals_with_their_words_and_a_need_to_be_confirmed(ibasho: Ibasho) -> None:
    note = "人混みが苦手、本が好き、週1回2時間くらいなら".encode()
    done = ibasho("note", "--format", "json", stdin=note)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["need"] == {
        "wishes": {"activities": ["reading"], "text": "本が好き"},
        "limits": {"noise": "low", "group_size": 5, "sessions_per_week": 1, "minutes": 120},
    }
    assert {"field": "limits.noise", "value": "low", "because": "人混み"} in found["proposals"]
    table = ibasho("note", stdin="月・水の午後".encode())
    assert "mon 12:00-17:00 wed 12:00-17:00" in table.out


def test_what_is_no_text_or_far_too_long_is_refused(ibasho: Ibasho) -> None:
    for note in (b"\xff\xfe\x80", b"a" * (LARGEST_NOTE_BYTES + 1)):
        done = ibasho("note", stdin=note)
        assert (done.code, done.out) == (2, "")
        assert len(done.err.splitlines()) == 1


def test_what_somebody_has_is_proposed_and_the_rest_left_open(ibasho: Ibasho) -> None:
    note = "療育手帳B2。受給者証はこれから。人の役に立ちたい。".encode()
    read = ibasho("note", "--format", "json", stdin=note).json
    told = {p["field"]: (p["value"], p["because"]) for p in read["proposals"]}
    assert told["limits.holds"][0] == "handbook"
    assert told["limits.holds"][1] in "療育手帳B2"
    assert told["needs.no_role"][1] == "役に立ちたい"
    assert read["need"]["limits"] == {"holds": ["handbook"], "holds_open": True}
    assert "step" not in read["need"]
    table = ibasho("note", stdin=note)
    assert "limits.holds" in table.out
    assert "handbook" in table.out
