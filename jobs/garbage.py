"""How often Python looks for garbage whose parts refer to each other, in processes of ours.

By its own measure it looks after every seven hundred new objects, and all over again whenever a
quarter has come to what is kept. A row that is read makes hundreds of objects and leaves no such
garbage: a good part of the time in which a file is read would go into looking.
"""

import gc

SELDOM = (50_000, 20, 10)
"""New objects until the young are looked at, and how often that until the older ones are."""


def look_seldom() -> None:
    """Look less often from now on, and never again at what a program has imported at its start."""
    gc.freeze()
    gc.set_threshold(*SELDOM)


def leave_aside() -> None:
    """Look once more, and then never again at what stands now, since it will stay."""
    gc.collect()
    gc.freeze()
