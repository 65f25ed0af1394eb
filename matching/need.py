"""The question put to the engine: what, when, how far, and what must not be; never who."""
