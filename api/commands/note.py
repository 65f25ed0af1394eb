"""`ibasho note`: what a worker's note seems to say, as codes to be confirmed."""

import sys

from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import say

LARGEST_NOTE_BYTES = 100_000


def read_note(form: FormatOption = Format.TABLE) -> None:
    """Read the note from standard input: typed as an argument it would stay in the history."""
    from matching.note import need_of
    from matching.note import read_note as read
    from matching.note_offered import as_offered

    data = sys.stdin.buffer.read(LARGEST_NOTE_BYTES + 1)
    if len(data) > LARGEST_NOTE_BYTES:
        raise BadInput(say("input.note_too_long"))
    try:
        note = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(say("input.not_utf8", path="-")) from None
    with opened() as program:
        proposals = as_offered(read(note), program.vocabulary)
    if form is Format.JSON:
        print_json({"proposals": [p.as_json() for p in proposals], "need": need_of(proposals)})
        return
    print_table(
        say("table.proposals"),
        say("table.proposal_columns").split("|"),
        ((p.field, _shown(p.value), p.because) for p in proposals),
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(f"{w['day']} {w['from']}-{w['to']}" for w in value)
    return str(value)
