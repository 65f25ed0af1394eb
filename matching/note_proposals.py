"""What is proposed from a note: a value for a field, and the words that it rests on."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Proposal:
    """One value proposed for one field of a need, and the words of the note it rests on.

    field : dotted name as in the need: "needs.isolation", "limits.noise", "windows"
    """

    field: str
    value: Any
    because: str

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "value": self.value, "because": self.because}
