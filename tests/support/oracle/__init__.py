"""Slow and obvious counterparts of what the program does cleverly."""
