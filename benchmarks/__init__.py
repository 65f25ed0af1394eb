"""Measurements, as ratios of two ways in one run. Never part of the tests."""
