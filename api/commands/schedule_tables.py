"""`ibasho schedule parse --file`: what each row of a table says of its hours, and how many do."""

from pathlib import Path
from typing import TYPE_CHECKING

from api.commands.output import Format, print_json_line
from api.commands.words import language, say

if TYPE_CHECKING:
    from resources.schedule_text import Parsed
    from resources.sources.schedule_tables import Line


def in_words(parsed: "Parsed") -> str:
    """Return what was read in words, or the part that wasn't understood."""
    from resources.schedule_print import print_said

    if parsed.said is None:
        return say("table.not_parsed", part=parsed.unparsed)
    words = print_said(parsed.said, language())
    return words if parsed.schedule is not None else "\n".join((words, say("table.half_said")))


def read_table(path: Path, form: Format) -> None:
    """Print a line for each row, and the counts of rows and of distinct expressions."""
    from resources.sources.schedule_tables import read_lines

    lines = read_lines(path)
    for line in lines:
        if line.parsed is None:
            continue  # nothing stands in its cells
        if form is Format.JSON:
            print_json_line({"line": line.line, "text": line.text, **line.parsed.json()})
        else:
            print(f"{line.line}: {line.text} → {' '.join(in_words(line.parsed).splitlines())}")
    counts = _counts(lines)
    if form is Format.JSON:
        print_json_line(counts)
    else:
        share = 100 * counts["distinct_read"] / (counts["distinct"] or 1)
        print(say("table.schedule_rows", share=f"{share:.1f}", **counts))


def _counts(lines: "list[Line]") -> dict[str, int]:
    distinct = {line.text: line.parsed for line in lines if line.parsed is not None}
    return {
        "rows": len(lines),
        "stated": sum(line.parsed is not None for line in lines),
        "read": sum(line.parsed is not None and line.parsed.said is not None for line in lines),
        "distinct": len(distinct),
        "distinct_read": sum(parsed.said is not None for parsed in distinct.values()),
        "distinct_whole": sum(parsed.schedule is not None for parsed in distinct.values()),
    }
