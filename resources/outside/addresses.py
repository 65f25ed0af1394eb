"""Which addresses a source may have, and which machines the program may connect to at all."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

LONGEST_URL = 2_000

SECRETS = re.compile(
    r"(api|access|auth|private|secret|session)?[_-]?(key|token|secret|password|passwd|pwd|"
    r"signature|sig|auth|credential|credentials|jwt|sid)",
    re.IGNORECASE,
)
"""Names of parameters that hand over a right; a key that stands in a URL ends up in logs."""

HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?")
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")

_REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
            "168.63.129.16/32",  # a cloud's own control address, though in public space
            "192.0.0.0/24",  # protocol assignments, a cloud's metadata among them
            "192.88.99.0/24",  # 6to4 relays
            # IPv6 that carries an IPv4 address inside: who answers can't be told from outside.
            "::/96",
            "::ffff:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "2001::/32",
            "2002::/16",
            "fec0::/10",  # site-local, deprecated and still routed in places
        ),
    )
)


class BadSourceUrl(ValueError):
    """An address that a source can't have; `problem` is a code of `problems`."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"this can't be the address of a source: {problem}")


@dataclass(frozen=True)
class Address:
    """A checked address; `origin` is what an administrator allows."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        return _origin(self.scheme, self.host, self.port)

    @property
    def target(self) -> str:
        """What is asked of the host: path and query."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def check_url(url: str, *, loopback: bool = False) -> Address:
    """Return the address of a source; raise `BadSourceUrl` for one that can't be used.

    A source is read by https, from a host with a name; neither a password nor a key stands in its
    URL.

    loopback : this very machine is allowed as well, and by http; for trials and tests
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise BadSourceUrl("bad_url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadSourceUrl("bad_url") from None
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise BadSourceUrl("url_with_credentials")
    if any(SECRETS.fullmatch(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise BadSourceUrl("url_with_credentials")
    host = (parts.hostname or "").lower()
    here = loopback and host in LOOPBACK_HOSTS
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise BadSourceUrl("not_https")
    if "\\" in url or parts.fragment or port == 0:
        raise BadSourceUrl("bad_url")
    if not here and not HOST.fullmatch(host):
        raise BadSourceUrl("no_host_name")
    return Address(url, parts.scheme, host, port or (443 if parts.scheme == "https" else 80))


def check_origin(text: str, *, loopback: bool = False) -> str:
    """Return the origin of a host or an address as the list of allowed ones keeps it.

    Raises `BadSourceUrl`.
    """
    text = text.strip()
    return check_url(text if "://" in text else f"https://{text}", loopback=loopback).origin


def _origin(scheme: str, host: str, port: int) -> str:
    usual = {"https": 443, "http": 80}[scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if port == usual else f":{port}")


def may_connect(address: str, *, loopback: bool = False) -> bool:
    """Tell whether the program may connect to an IP address.

    Only to public ones: nothing of the municipality's own network, of this machine or of the
    cloud around it answers a request that somebody else has thought up.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if loopback and ip in (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")):
        return True
    unfit = (
        not ip.is_global, ip.is_private, ip.is_loopback, ip.is_link_local, ip.is_multicast,
        ip.is_reserved, ip.is_unspecified,
    )  # fmt: skip
    return not any(unfit) and not any(ip in net for net in _REFUSED if net.version == ip.version)
