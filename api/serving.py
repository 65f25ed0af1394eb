"""Serves the application with uvicorn, without a line in any log that could be about a person."""

from typing import Any

import uvicorn

from api.app import create_app
from api.by_host import create_app_by_host
from api.reading import BoundedHead
from jobs.log_lines import Fields
from jobs.settings import Settings


def log_config(level: str) -> dict[str, Any]:
    """Return what is logged and how; there is no access log, since URLs would stand in it."""
    loud = {"handlers": ["stderr"], "level": level.upper(), "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": Fields}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"ibasho": loud, "uvicorn": {**loud, "level": "WARNING"}},
    }


def make_server(settings: Settings) -> uvicorn.Server:
    """Return a server that is ready to run, for one municipality or for all that are listed."""
    several = settings.municipalities is not None
    return uvicorn.Server(
        uvicorn.Config(
            create_app_by_host(settings) if several else create_app(settings),
            host=settings.host,
            port=settings.port,
            http=BoundedHead,
            ws="none",
            access_log=False,
            server_header=False,
            log_config=log_config(settings.log_level),
            timeout_graceful_shutdown=10,
        )
    )


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    make_server(settings).run()
