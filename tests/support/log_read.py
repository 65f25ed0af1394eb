"""Reads a line of a log as any program would that knows `key=value`."""

import json
import re

_FIELD = re.compile(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|[^\s"=]*)(?: |$)')


def read_back(line: str) -> dict[str, str]:
    """Return the fields of a line; fails where it holds anything else."""
    found, at = {}, 0
    while at < len(line):
        one = _FIELD.match(line, at)
        assert one is not None, line[at:]
        told = one[2]
        found[one[1]] = json.loads(told) if told.startswith('"') else told
        at = one.end()
    return found
