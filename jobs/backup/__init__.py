"""Copies of everything worth keeping: written while the program runs, proved, and read back."""
