"""The engine's suggestions beside one SQL query on PostGIS, by the same rules and criteria.

PostGIS is only spoken to over SQL; see `benchmarks.postgis.server` for what is to be installed.
"""
