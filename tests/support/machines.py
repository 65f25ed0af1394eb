"""Machines of a test's own: network namespaces around one that holds the servers.

The servers' machine is 10.0.0.5 and 10.0.1.5; each other one has an address in one of the two
networks, and reaches both of the servers' and nothing else: not this machine, not the world.
"""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path


def why_not() -> str | None:
    """Return why there can be no such machines here; None where there can."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    if shutil.which("ip") is None:
        return "no command `ip` here"
    probe = f"ibasho-{uuid.uuid4().hex[:6]}"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True)
    if made.returncode:
        return "network namespaces can't be made here"
    subprocess.run(["ip", "netns", "del", probe], check=True)
    return None


class Machines:
    """Namespaces joined by a bridge on the servers' machine."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """addresses : of each machine by its name, with the length of its network"""
        self._mark = f"ibasho-{uuid.uuid4().hex[:6]}"
        self.names: list[str] = []
        hub = self._add("db")
        _ip("-n", hub, "link", "add", "hub", "type", "bridge")
        for own in ("10.0.0.5/24", "10.0.1.5/24"):
            _ip("-n", hub, "address", "add", own, "dev", "hub")
        _ip("-n", hub, "link", "set", "hub", "up")
        for number, (name, address) in enumerate(addresses.items()):
            there, plug = self._add(name), f"plug{number}"
            _ip(
                "-n", hub, "link", "add", plug, "type", "veth",
                "peer", "name", "eth0", "netns", there,
            )  # fmt: skip
            _ip("-n", hub, "link", "set", plug, "master", "hub", "up")
            _ip("-n", there, "address", "add", address, "dev", "eth0")
            _ip("-n", there, "link", "set", "eth0", "up")
            if address.startswith("10.0.1."):
                _ip("-n", there, "route", "add", "10.0.0.5/32", "via", "10.0.1.5")

    def _add(self, name: str) -> str:
        full = f"{self._mark}-{name}"
        _ip("netns", "add", full)
        self.names.append(full)
        _ip("-n", full, "link", "set", "lo", "up")
        return full

    def on(self, name: str, *command: str) -> list[str]:
        """Return the command that runs another one on a machine."""
        return ["ip", "netns", "exec", f"{self._mark}-{name}", *command]

    def close(self) -> None:
        for name in self.names:
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "del", name)


@contextmanager
def machines(**addresses: str) -> Iterator[Machines]:
    made = Machines(addresses)
    try:
        yield made
    finally:
        made.close()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def debian_postgres() -> Path | None:
    """Return the folder of Debian's PostgreSQL programs, which speak TLS; None where it has none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None
