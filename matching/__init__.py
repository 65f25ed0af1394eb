"""Suggestions of places of participation, with reasons. Sees needs, never persons."""
