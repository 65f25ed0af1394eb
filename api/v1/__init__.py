"""The JSON API, version 1."""

from api.v1 import catalogue, questions

ROUTERS = [questions.router, catalogue.router]
