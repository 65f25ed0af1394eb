"""The tables about staff and the people they work with."""
