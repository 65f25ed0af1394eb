"""The served program, over a real socket, and what it writes to its log."""

import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

from door import make_program
from fastapi.testclient import TestClient

from api.app import create_app
from api.identity import cookie_name
from resources.database import Database

SCRIPT = """
import asyncio, socket
from api.serving import make_server
from jobs.settings import Settings, read_settings

server = make_server(Settings(**{**vars(read_settings()), "log_level": "debug"}))

async def ask(port, target):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {target} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n"
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    return answer.decode()

async def main():
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0)
    port = listening.getsockname()[1]
    while "503" in (await ask(port, "/health/ready")).splitlines()[0]:
        await asyncio.sleep(0.2)  # it is starting
    for target in ("/health/ready?q=canary-1", "/canary-2?q=canary-3", "/signin?next=/canary-4"):
        print((await ask(port, target)).splitlines()[0])
    print((await ask(port, "/health/live")).lower())
    server.should_exit = True
    await serving

asyncio.run(main())
"""


def test_the_served_program_answers_and_no_address_stands_in_its_log() -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=240, check=False
    )
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[:3] == ["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK"]
    assert "server: " not in run.stdout
    assert "canary" not in run.stderr


def test_without_its_database_it_says_so_to_whoever_asks_even_with_a_cookie(
    sqlite_database: Database, tmp_path: Path
) -> None:
    program = make_program(sqlite_database, tmp_path / "home", demo=False)
    app = create_app(program.settings, program)
    program.database = Database(f"sqlite:///{tmp_path}/gone/ibasho.sqlite3")
    client = TestClient(app, cookies={cookie_name(program.settings): "of somebody"})
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert client.get("/health/live").status_code == 200
    program.database.close()


def test_a_program_that_is_starting_says_so(sqlite_database: Database, tmp_path: Path) -> None:
    program = make_program(sqlite_database, tmp_path / "home", demo=False)
    app = create_app(program.settings, program)
    client = TestClient(app)
    app.state.warming = Future()
    starting = client.get("/health/ready")
    assert (starting.status_code, starting.json()) == (503, {"status": "starting"})
    assert starting.headers["retry-after"] == "5"
    app.state.warming.set_result(None)
    assert client.get("/health/ready").status_code == 200
