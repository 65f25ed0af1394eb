"""`ibasho doctor` says of Redis what a worker would refuse to start on, and what to do."""

from pathlib import Path
from typing import Any

import pytest
from labour.servers import RedisServer
from terminal import Ibasho


def said_of_redis(ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, Any]:
    monkeypatch.setenv("IBASHO_RUNNER", "celery")
    monkeypatch.setenv("IBASHO_REDIS_URL", url)
    outcome = ibasho("doctor", "--format", "json")
    found: dict[str, Any] = next(c for c in outcome.json["checks"] if c["name"] == "redis")
    assert (outcome.code == 0) == (found["state"] == "ok")
    return found


def test_a_redis_that_drops_messages_is_told(
    ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broker = RedisServer(tmp_path, policy="allkeys-lru")
    try:
        found = said_of_redis(ibasho, monkeypatch, broker.url)
        assert found["state"] == "missing"
        assert "allkeys-lru" in found["remedy"]
        assert "set maxmemory-policy to noeviction" in found["remedy"]
        broker.client.config_set("maxmemory-policy", "noeviction")
        assert said_of_redis(ibasho, monkeypatch, broker.url)["state"] == "ok"
    finally:
        broker.stop()


def test_a_redis_that_is_not_there_and_an_address_that_is_none_are_told(
    ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broker = RedisServer(tmp_path)
    broker.stop()
    for url in (broker.url, "nowhere"):
        found = said_of_redis(ibasho, monkeypatch, url)
        assert found["state"] == "missing"
        assert "IBASHO_REDIS_URL" in found["remedy"]
