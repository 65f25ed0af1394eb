"""The JSON API, version 1."""

from api.v1 import bookings, catalogue, duplicates, editing, questions

ROUTERS = [questions.router, catalogue.router, bookings.router, editing.router, duplicates.router]
