"""What a run of the command line leaves behind."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Ibasho = Callable[..., "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """What a command ended with and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)
