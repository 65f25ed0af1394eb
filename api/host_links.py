"""Links by which a host confirms or corrects an entry without an account: signed, and they expire.

A link holds the id of an offering and nothing else; whoever has it may say something of that one
entry, and sees of it what its visitors may see.
"""

import uuid
from datetime import timedelta

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from jobs.settings import Settings, secret_key

LASTS = timedelta(days=30)


class BadLink(LookupError):
    """A link that this installation never gave out."""

    def __init__(self) -> None:
        super().__init__("no such link")


class LinkExpired(LookupError):
    """A link whose days are over."""

    def __init__(self) -> None:
        super().__init__("the link has expired")


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key(settings.home), salt="host link")


def link_for(offering_id: uuid.UUID, settings: Settings, base_url: str) -> str:
    """Return the address to send to a host."""
    token = _signer(settings).dumps(offering_id.hex)
    return f"{base_url.rstrip('/')}/host/{token}"


def offering_of(token: str, settings: Settings) -> uuid.UUID:
    """Return which offering a link is about. Raises `BadLink`, `LinkExpired`."""
    try:
        return uuid.UUID(_signer(settings).loads(token, max_age=int(LASTS.total_seconds())))
    except SignatureExpired:
        raise LinkExpired from None
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise BadLink from None
