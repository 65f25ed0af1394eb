"""Links by which a host answers whether there is room: signed, for a week, and without a name."""

import uuid

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from api.host_links import BadLink, LinkExpired
from casework.room_questions import LASTS
from jobs.settings import Settings, secret_key


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key(settings.home), salt="room question")


def room_link(question_id: uuid.UUID, settings: Settings, base_url: str) -> str:
    """Return the address to send to a host."""
    return f"{base_url.rstrip('/')}/room/{_signer(settings).dumps(question_id.hex)}"


def question_of(token: str, settings: Settings) -> uuid.UUID:
    """Return which question a link is about. Raises `BadLink`, `LinkExpired`."""
    try:
        return uuid.UUID(_signer(settings).loads(token, max_age=int(LASTS.total_seconds())))
    except SignatureExpired:
        raise LinkExpired from None
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise BadLink from None
