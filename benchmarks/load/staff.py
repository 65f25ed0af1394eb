"""What staff of each role do, as often as they do it: most is looking, a part of it writes."""

import json
import random
import uuid

from benchmarks.load.asking import Ask, Client, Desk
from benchmarks.load.ward import Ward
from jobs.demo.accounts import DEMO_PASSWORD

JSON = {"Content-Type": "application/json"}
SALON = "%E3%82%B5%E3%83%AD%E3%83%B3"
SEARCHES = [f"/resources?q={SALON}", "/resources?kind=salon", "/resources"]
SHARES = {"support_worker": (0.55, 24), "csw": (0.27, 12), "coordinator": (0.18, 8)}
"""Of all requests, and how many of the role ask at once."""


def desks_of(port: int, ward: Ward) -> list[Desk]:
    """Sign staff in; return them with what they ask."""
    asks = _asks(ward)
    desks = []
    for role, (share, many) in SHARES.items():
        clients = []
        for n in range(many):
            client = Client(port)
            client.sign_in(f"{role}{n}", DEMO_PASSWORD)
            clients.append(client)
        desks.append(Desk(role, share, clients, asks[role]))
    return desks


def _asks(ward: Ward) -> dict[str, list[tuple[str, Ask]]]:
    chance = random.Random(11)
    need = {"at": {"lon": 139.7148, "lat": 35.729}, "needs": {"isolation": 3}, "step": 1}

    def suggest(client: Client) -> int:
        body = json.dumps({**need, "age": chance.randrange(15, 90)}).encode()
        return client.ask("POST", "/api/v1/suggestions", body, JSON)[0]

    def nearby(client: Client) -> int:
        lon, lat = 139.70 + chance.random() * 0.03, 35.72 + chance.random() * 0.02
        return client.post("/nearby", lon=lon, lat=lat)

    def hold(client: Client) -> int:
        path = f"/api/v1/allotments/{chance.choice(ward.allotments)}/holds"
        key = {**JSON, "Idempotency-Key": uuid.uuid4().hex}
        return client.ask("POST", path, json.dumps({"minutes": 60}).encode(), key)[0]

    def say_places(client: Client) -> int:
        path = f"/api/v1/offerings/{chance.choice(ward.offerings)}/availability"
        said = {"status": "capacity", "places": chance.randrange(1, 9), "said_by": "host"}
        return client.ask("PUT", path, json.dumps(said).encode(), JSON)[0]

    def place(client: Client) -> int:
        path = f"/cases/{chance.choice(ward.cases)}/placements"
        return client.post(path, offering=chance.choice(ward.offerings))

    look = {
        "find": lambda c: c.get(f"/people/{chance.choice(ward.people)}/find?q={SALON}"),
        "person": lambda c: c.get(f"/people/{chance.choice(ward.people)}"),
        "entry": lambda c: c.get(f"/resources/{chance.choice(ward.resources)}"),
        "search": lambda c: c.get(chance.choice(SEARCHES)),
        "calls": lambda c: c.get("/verify"),
        "suggest": suggest,
        "nearby": nearby,
    }
    write = {
        "place": place,
        "hold": hold,
        "wrong": lambda c: c.post(f"/offerings/{chance.choice(ward.offerings)}/wrong"),
        "called": lambda c: c.post("/verify", offering=chance.choice(ward.offerings)),
        "say_places": say_places,
    }
    done: dict[str, Ask] = {**look, **write}
    often = {
        "support_worker": "person person person find suggest suggest suggest entry place hold",
        "csw": "nearby nearby nearby nearby suggest entry entry search wrong nearby",
        "coordinator": "entry entry search search calls called say_places entry",
    }
    return {role: [(kind, done[kind]) for kind in words.split()] for role, words in often.items()}
