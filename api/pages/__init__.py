"""The pages for staff, one file a screen."""

from api.pages import (
    agencies,
    bookings,
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
    verification,
)

ROUTERS = [
    home.router,
    people.router,
    query.router,
    registration.router,
    resources.router,
    bookings.router,
    verification.router,
    reports.router,
    host.router,
    nearby.router,
    agencies.router,
    jobs.router,
    maps.router,
]
