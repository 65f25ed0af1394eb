"""A closed loop around the real engine: an invented town whose people stay by a hidden truth."""
