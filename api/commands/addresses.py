"""`ibasho geocode`: written addresses to towns and points."""

import sys
from typing import Annotated, Any

import typer

from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_json_line, print_table
from api.commands.words import say

LONGEST_ADDRESS = 300


def geocode(
    text: Annotated[str, typer.Argument(help=say("help.geocode_text"), metavar="TEXT|-")],
    form: FormatOption = Format.TABLE,
) -> None:
    from geodata.addresses import geocode as look_up

    with opened() as program:
        gazetteer = program.gazetteer()
        if text == "-":
            for number, line in enumerate(sys.stdin.buffer, 1):
                print_json_line(look_up(_address(line, number), gazetteer).as_json())
            return
        found: dict[str, Any] = look_up(_short_enough(text), gazetteer).as_json()
    if form is Format.JSON:
        print_json(found)
    else:
        names = dict(pair.split("=") for pair in say("table.address_rows").split("|"))
        print_table(None, ("", text), ((names[k], found[k]) for k in names))


def _address(line: bytes, number: int) -> str:
    try:
        return _short_enough(line.decode("utf-8-sig" if number == 1 else "utf-8").strip())
    except UnicodeDecodeError:
        raise BadInput(say("input.line_not_utf8", path="-", line=number)) from None


def _short_enough(text: str) -> str:
    if len(text) > LONGEST_ADDRESS:
        raise BadInput(say("input.address_too_long", limit=LONGEST_ADDRESS))
    return text
