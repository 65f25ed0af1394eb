"""The pages for staff, one file a screen."""

from api.pages import agencies, home, jobs, maps, nearby, people, query, registration, resources

ROUTERS = [
    home.router,
    people.router,
    query.router,
    registration.router,
    resources.router,
    nearby.router,
    agencies.router,
    jobs.router,
    maps.router,
]
