"""The pages for staff, one file a screen."""

from api.pages import (
    agencies,
    bookings,
    home,
    jobs,
    maps,
    nearby,
    people,
    query,
    registration,
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
    nearby.router,
    agencies.router,
    jobs.router,
    maps.router,
]
