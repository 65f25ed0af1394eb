"""The pages for staff, one file a screen."""

from api.pages import (
    agencies,
    bookings,
    editing,
    home,
    host,
    jobs,
    maps,
    nearby,
    people,
    query,
    registration,
    reports,
    resources,
    standing,
    typing,
    verification,
)

ROUTERS = [
    home.router,
    people.router,
    query.router,
    registration.router,
    editing.router,
    resources.router,
    standing.router,
    typing.router,
    bookings.router,
    verification.router,
    reports.router,
    host.router,
    nearby.router,
    agencies.router,
    jobs.router,
    maps.router,
]
