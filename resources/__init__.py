"""The catalogue of social resources: what exists, where, when, for whom, and how sure we are."""
