"""Open data for whoever asks: the HSDS read API."""

from api.hsds import routes

ROUTERS = [routes.router]
