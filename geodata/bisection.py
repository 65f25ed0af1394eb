"""Search in sorted arrays, for loops that run as machine code."""

from typing import Any

from numpy.typing import NDArray

from geodata.compiled import compiled


@compiled
def first_at_least(values: NDArray[Any], value: Any) -> int:
    """Return where the first of some rising values stands that isn't less; their number if none."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
