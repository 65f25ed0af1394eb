"""The JSON API, version 1."""

from api.v1 import bookings, catalogue, duplicates, questions

ROUTERS = [questions.router, catalogue.router, bookings.router, duplicates.router]
