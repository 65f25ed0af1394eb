"""What a job of the ledger can be."""

from enum import StrEnum


class State(StrEnum):
    """In the order in which people are told of it."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
